import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The real program on a folder of its own: built once, started for a test.

const root = join(import.meta.dirname, '../..');
let built: string | undefined;

function program(): string {
  if (!built) {
    built = join(mkdtempSync(join(tmpdir(), 'goen-e2e-')), 'goen');
    execFileSync('go', ['build', '-o', built, './server'], { cwd: root, stdio: 'inherit' });
  }
  return built;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  await new Promise<void>((done) => server.close(() => done()));
  return address.port;
}

export type House = {
  url: string;
  /** What a fresh installation printed: the one-time link of the first host. */
  hostLink: string;
  /** All that the program wrote. */
  said(): string;
  /** Ends the program, in peace unless told otherwise, and starts it on the same folder. */
  restart(by?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  close(): Promise<void>;
};

/** more: a command, such as demo, or settings. */
export async function openHouse(...more: string[]): Promise<House> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const data = mkdtempSync(join(tmpdir(), 'goen-data-'));
  let said = '';
  let child: ChildProcess;

  const start = () =>
    new Promise<void>((ready, failed) => {
      const from = said.length;
      child = spawn(program(), ['--listen', `localhost:${port}`, '--url', url, '--data', data, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
      const hear = (b: Buffer) => {
        said += b.toString();
        if (said.slice(from).includes(`Goen ご縁  ${url}`)) ready();
      };
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      child.once('exit', (code) => failed(new Error(`the program ended with ${code}: ${said}`)));
    });
  const stop = (by: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') =>
    new Promise<void>((done) => {
      child.once('exit', () => done());
      child.kill(by);
    });

  await start();
  // The link is printed with the greeting; the page answers a moment later.
  for (;;) {
    const link = /http:\S+\/host#\S+/.exec(said)?.[0] ?? (more[0] && !more[0].startsWith('--') ? '' : undefined);
    const up = await fetch(`${url}/healthz`).then((r) => r.ok, () => false);
    if (link !== undefined && up) {
      return {
        ...{ url, hostLink: link, said: () => said },
        restart: async (by) => {
          await stop(by);
          await start();
        },
        close: async () => {
          await stop();
          rmSync(data, { recursive: true, force: true });
        },
      };
    }
    await new Promise((r) => setTimeout(r, 20));
  }
}
