import { defineConfig } from 'tsdown';

// The bundle keeps a verb's code in chunks of its own, so that `assay --help` loads none of it. The page of the HTML
// report is built before (`npm run build:page`) and lies beside the bundle as dist/page.html: `clean` must not take it.
export default defineConfig({
  entry: { assay: 'src/cli/main.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  outDir: 'dist',
  clean: ['dist/chunks'],
  dts: false,
  sourcemap: false,
  outputOptions: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
});
