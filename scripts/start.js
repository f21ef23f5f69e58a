// `npm start`: installs and builds what is missing, then judges examples/shop and writes assay-report.html.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, root, run } from './prepare.js';

install();
const built = build();
if (built.status !== 0) {
  process.stderr.write(`${built.output}\nerror: the build failed\n`);
  process.exit(1);
}

const assay = join(root, 'bin/assay.js');
const hasCargo = run(process.env.CARGO ?? 'cargo', ['--version']).status === 0;
const notice = 'no cargo was found on this machine: recorded evidence of examples/shop was judged';
const subject = hasCargo ? ['examples/shop'] : ['--from', 'examples/shop.assay', '--note', notice];

const text = spawnSync(process.execPath, [assay, ...subject, '--fail-on', 'never'], {
  cwd: root,
  stdio: 'inherit',
});
const page = spawnSync(
  process.execPath,
  [assay, ...subject, '--fail-on', 'never', '-q', '--format', 'html', '-o', 'assay-report.html'],
  { cwd: root, stdio: 'inherit' },
);
if (existsSync(join(root, 'assay-report.html')))
  console.error(`\nThe same as a page: ${join(root, 'assay-report.html')}`);
process.exitCode = Math.max(text.status ?? 1, page.status ?? 1);
