import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fillDemoWorkspace } from './demo-workspace.ts';
import { openLocal, reset } from './open-local.ts';

const HELP = `npm start -- [--port 3000] [--data FOLDER] [--reset] [--empty]

  --port   the port on loopback (0: any free one)
  --data   where state is kept; it survives restarts
  --reset  forget everything first
  --empty  no demo workspace`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3000' },
    data: { type: 'string', default: '.sms-workflows' },
    reset: { type: 'boolean', default: false },
    empty: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(HELP);
  process.exit(0);
}
if (!/^\d{1,5}$/.test(values.port)) {
  console.error(`--port is not a port: ${values.port}\n\n${HELP}`);
  process.exit(2);
}

if (values.reset) reset(values.data);
const isNew = !existsSync(join(values.data, 'state.db'));
const local = await openLocal({
  folder: values.data,
  port: Number(values.port),
  complain: (line) => console.error(line),
});

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${local.url}${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}
if (isNew && !values.empty) await fillDemoWorkspace(call);

console.log(`sms-workflows is up: ${local.url}  (state in ${values.data}; npm start -- --reset forgets it)

Try, in another terminal:
  curl ${local.url}/v1/workflows                                  the drafts, one per template
  curl ${local.url}/v1/contacts                                   who there is
  curl ${local.url}/local/phones/+12025550111/messages            what a simulated phone shows
  curl ${local.url}/local/events                                  what has happened, as the event bus tells it
  npm run demo                                                    a whole conversation, played through the API

The API as a page: ${local.url}/local/docs
The README walks through publishing one and answering it. Ctrl-C stops; everything goes on at the next start.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void local.close().then(() => process.exit(0));
  });
}
