import { render } from 'preact';
import { App } from './app.tsx';
import { createPageState } from './page-state.ts';
import { watchPrinting } from './printing.ts';
import { readReport } from './read-report.ts';
import { createThemeSwitch } from './theme.ts';

const { value: report, problems } = readReport(document.getElementById('assay-report')?.textContent ?? null);
const printing = watchPrinting();
const themeSwitch = createThemeSwitch(printing);
const page = document.getElementById('page')!;

if (report === null) {
  render(
    <main class="page">
      <h1>No report</h1>
      {problems.map(problem => (
        <p key={problem.what}>{problem.what}</p>
      ))}
    </main>,
    page,
  );
} else {
  document.title = `Assay · ${report.workspace.members.map(member => member.split(' ', 1)[0]).join(', ')}`;
  render(
    <App state={createPageState(report, themeSwitch.theme, printing)} themeSwitch={themeSwitch} />,
    page,
  );
}
