import { check, lint, type TextParts, textParts } from '../../statemachines/check.ts';
import type { Fault } from '../domain/problem.ts';
import type { Draft } from '../domain/workflow.ts';
import type { Ports } from '../ports.ts';
import { readCheckWorkspace } from './check-workspace.ts';

export interface Review {
  /** What stands in the way of publishing. */
  readonly problems: readonly Fault[];
  /** What deserves a second look. */
  readonly advice: readonly Fault[];
  /** How each text travels. */
  readonly texts: readonly TextParts[];
}

/** What there is to say about a draft, against the workspace as it is now. */
export const reviewDraft =
  (ports: Pick<Ports, 'table' | 'clock'>) =>
  async (draft: Draft): Promise<Review> => {
    const workspace = await readCheckWorkspace(ports);
    return {
      problems: check(draft, workspace),
      advice: lint(draft, workspace.settings),
      texts: textParts(draft, workspace),
    };
  };
