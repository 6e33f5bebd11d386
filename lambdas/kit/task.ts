import { epoch, type Instant, instant } from '../../shared/domain/instant.ts';
import type { Verdict } from '../../shared/domain/plan.ts';
import { StepTask } from '../../shared/domain/step-task.ts';
import type { Ports } from '../../shared/ports.ts';
import { runStep } from '../../shared/usecases/run-step.ts';
import type { StepOutcome } from '../../shared/usecases/segment.ts';
import { type Handler, StepSignal, wrapped } from './handler.ts';

/** The step function of every compiled workflow: called by task states, answers by value or by a named error. */
export const task = (ports: Pick<Ports, 'table' | 'sms' | 'clock' | 'log'>): Handler<Verdict | null> => {
  const run = runStep(ports);
  return wrapped(ports.log, 'STEP_FAILED', async (event) => {
    const asked = StepTask.parse(event);
    const outcome = await run(asked);
    if (outcome.outcome === 'not-before' && outcome.slot !== undefined) {
      const seconds = Math.round((outcome.slot - ports.clock.now()) / 1000);
      ports.log.info('TEXT_WAITS', { workflow: asked.execution.workflow, seconds });
    }
    return answer(outcome, asked);
  });
};

/** A Wait cuts its instant to whole seconds: what came back too early would be sent away again at once, and again. */
const wholeSecond = (at: Instant): Instant => instant(Math.ceil(epoch(at) / 1000) * 1000);

function answer(result: StepOutcome, { state, input }: StepTask): Verdict | null {
  switch (result.outcome) {
    case 'done':
      return result.verdict;
    case 'waiting':
      return null;
    case 'exit':
      throw new StepSignal('Exit', {});
    case 'parked':
      throw new StepSignal('Parked', {});
    case 'not-before':
      // The same state once more, and what it was entered with.
      throw new StepSignal('NotBefore', {
        ...{ to: state, until: wholeSecond(result.until), closing: input.closing },
        slot: result.slot,
      });
    case 'replied':
      throw new StepSignal('Replied', { to: result.to, ...result.verdict });
    case 'rearm':
      throw new StepSignal('Rearm', { to: result.to, seconds: result.seconds });
    case 'resume':
      throw new StepSignal('Resume', { to: result.to });
    default:
      return result satisfies never;
  }
}
