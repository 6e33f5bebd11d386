import { measure } from '../../shared/domain/sms-parts.ts';
import { type Business, business, done, publishTemplate } from './business.ts';
import { DAY, localWorld, MINUTE, type ScenarioWorld } from './world.ts';

export interface Stage {
  readonly world: ReturnType<typeof localWorld>;
  readonly studio: Business;
  readonly workflow: string;
}

/** A business that has published a template with nothing changed but its inbox. */
export async function staged(template: string, options: Parameters<typeof publishTemplate>[3] = {}): Promise<Stage> {
  const world = localWorld();
  const studio = await business(world);
  return { world, studio, workflow: await publishTemplate(world, studio, template, options) };
}

/** All that a workflow has made of a contact. */
interface Story {
  readonly texts: readonly string[];
  /** SMS parts of its longest text. */
  readonly parts: number;
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
  /** Of its latest run, as "step branch". */
  readonly branches: readonly string[];
  /** How its latest run ended, or its status. */
  readonly run: string;
}

/** Lets a contact answer in turn, null for a day of silence, and tells what has come of it. */
export async function told(
  stage: Stage,
  contact: { id: string; phone: string },
  ...answers: (string | null)[]
): Promise<Story> {
  const { world } = stage;
  for (const answer of answers) {
    if (answer === null) await world.pass(DAY + MINUTE);
    else await world.says(contact.phone, answer);
  }
  if (world.faults.length > 0) throw new Error(world.faults.join('\n'));
  const texts = await world.texts(contact.phone);
  const { tags, fields } = await done(world.api('GET', `/v1/contacts/${contact.id}`));
  const run = await latestRun(stage, contact);
  return {
    texts,
    parts: Math.max(0, ...texts.map((text) => measure(text).parts)),
    tags,
    fields,
    branches: (run?.timeline ?? []).flatMap(({ code, step, detail }) =>
      code === 'BRANCH' ? [`${step} ${detail}`] : [],
    ),
    run: run?.reason ?? run?.status ?? 'NEVER_ENROLLED',
  };
}

interface RunTold {
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  readonly timeline: readonly { readonly code: string; readonly step?: string; readonly detail?: string }[];
}

async function latestRun({ world, workflow }: Stage, contact: { id: string }): Promise<RunTold | undefined> {
  const id = (await runsOf(world, workflow, contact)).at(0);
  return id === undefined ? undefined : done(world.api('GET', `/v1/runs/${id}`));
}

/** The runs of a contact in a workflow, the latest first. */
export async function runsOf(world: ScenarioWorld, workflow: string, contact: { id: string }): Promise<string[]> {
  const { items } = await done(world.api('GET', `/v1/workflows/${workflow}/enrollments`));
  return items.flatMap(({ id, contactId }: { id: string; contactId: string }) =>
    contactId === contact.id ? [id] : [],
  );
}
