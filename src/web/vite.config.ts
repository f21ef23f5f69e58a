import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));

/** Where src/report puts the report's JSON. */
const placeholder = '<!--assay-report-->';

export default defineConfig({
  root: here,
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist',
    // The command-line tool is built into the same folder.
    emptyOutDir: false,
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: { input: `${here}/page.html` },
  },
  plugins: [oneFile()],
});

/**
 * Moves the script and the style sheet into the page, so that the report is one file that works from `file://`, and fails
 * the build where anything would still be loaded from outside or the report would have no place to go.
 */
function oneFile(): Plugin {
  return {
    name: 'assay:one-file',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['page.html'];
      if (page?.type !== 'asset') throw new Error('the build made no page.html');
      let html = String(page.source);
      for (const [fileName, file] of Object.entries(bundle)) {
        if (file === page) continue;
        const tag = tagOf(html, fileName);
        if (tag === null) throw new Error(`${fileName} is not named by the page, or by more than one tag`);
        const inlined =
          file.type === 'chunk'
            ? `<script type="module">${scriptText(file.code)}</script>`
            : `<style>${String(file.source).trim()}</style>`;
        html = html.replace(tag, () => inlined);
        delete bundle[fileName];
      }
      if (html.split(placeholder).length !== 2)
        throw new Error('the page must hold the placeholder exactly once');
      page.source = html;
    },
  };
}

/** The one element of the page that loads a file, whole. */
function tagOf(html: string, fileName: string): string | null {
  const name = fileName.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const tags = html.match(new RegExp(`<(?:script|link)\\b[^>]*"\\./${name}"[^>]*>(?:</script>)?`, 'g')) ?? [];
  return tags.length === 1 ? tags[0] : null;
}

/** A script inside HTML ends at `</script` and changes its meaning at `<!--`, wherever they stand. */
function scriptText(code: string): string {
  return code.trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}
