/**
 * Opens files in a language server (LSP 3.17, https://microsoft.github.io/language-server-protocol/) and gives what it
 * publishes of them, one `textDocument/publishDiagnostics` message a line. For servers that publish once for each file
 * that is opened, of the text that they are sent.
 */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

export interface OpenedFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** Rejects where the server ends early, or has not published for every file within `timeoutSeconds`. */
export function publishedDiagnostics(
  program: string,
  root: string,
  files: readonly OpenedFile[],
  timeoutSeconds: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = spawn(program, [], { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] });
    const published = new Map<string, string>();
    let buffer: Buffer = Buffer.alloc(0);
    const finish = (error: Error | null) => {
      clearTimeout(timer);
      server.kill();
      if (error === null) resolve([...published.values()].map(line => `${line}\n`).join(''));
      else reject(error);
    };
    const timer = setTimeout(
      () => finish(new Error(`${program} published for ${published.size} of ${files.length} files`)),
      timeoutSeconds * 1000,
    );
    const send = (message: object) => {
      const body = JSON.stringify({ jsonrpc: '2.0', ...message });
      server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    };
    const receive = (body: string) => {
      const message = JSON.parse(body) as { id?: number; method?: string; params?: { uri?: string } };
      if (message.id === 1) {
        send({ method: 'initialized', params: {} });
        for (const { path, text } of files) {
          const textDocument = { uri: pathToFileURL(path).href, languageId: 'rust', version: 1, text };
          send({ method: 'textDocument/didOpen', params: { textDocument } });
        }
      }
      if (message.method === 'textDocument/publishDiagnostics')
        published.set(message.params?.uri ?? '', body);
      if (published.size === files.length) finish(null);
    };
    server.on('error', finish);
    server.on('exit', code => finish(new Error(`${program} ended with ${code}`)));
    server.stdin.on('error', () => {});
    server.stdout.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (let next = nextMessage(buffer); next !== null; next = nextMessage(buffer)) {
        buffer = next.rest;
        receive(next.body);
      }
    });
    send({
      id: 1,
      method: 'initialize',
      params: { processId: process.pid, rootUri: pathToFileURL(root).href, capabilities: {} },
    });
  });
}

function nextMessage(buffer: Buffer): { body: string; rest: Buffer } | null {
  const end = buffer.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const length = Number(/Content-Length: (\d+)/i.exec(buffer.toString('latin1', 0, end))?.[1]);
  const start = end + 4;
  if (!(buffer.length >= start + length)) return null;
  return { body: buffer.toString('utf8', start, start + length), rest: buffer.subarray(start + length) };
}
