import { parseArgs } from 'node:util';
import { DeleteStateMachineCommand, paginateListStateMachines, SFNClient } from '@aws-sdk/client-sfn';
import { namesOf } from './names.ts';

// Workflows' machines are made when they are published, so deleting the stack leaves them behind, with their runs.
// Before `cdk destroy`: `npm run teardown -- --stage dev` lists them, `--delete` ends and deletes them.
//
// Kept out of CloudFormation on purpose: a stack that is replaced or rolled back must not end anybody's runs.

/** The machines of a stage; deletes them where that is asked for, which ends their runs. */
export async function teardown(
  client: SFNClient,
  stage: string,
  isMeant: boolean,
  say: (line: string) => void,
): Promise<number> {
  const prefix = namesOf(stage).machinePrefix;
  let found = 0;
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
    for (const { name = '', stateMachineArn } of stateMachines) {
      if (!name.startsWith(prefix)) continue;
      found += 1;
      if (isMeant) await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
      say(`${isMeant ? 'deleted' : 'found'} ${name}`);
    }
  }
  return found;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { stage: { type: 'string', default: 'dev' }, delete: { type: 'boolean', default: false } },
  });
  const found = await teardown(new SFNClient({}), values.stage, values.delete, console.log);
  console.log(
    values.delete
      ? `${found} deleted. AWS takes some minutes to end their runs.`
      : `${found} found. With --delete they are deleted, and their runs end.`,
  );
}
