import type { DomainEvent } from '../../shared/domain/event.ts';
import type { Figures } from '../../shared/domain/statistics.ts';
import type { Item, Text } from '../../shared/ports.ts';
import type { Act } from './schedule.ts';

/* What has happened in a schedule, as an onlooker who sees everything would write it down. `seq` puts all of it in one order. */

/** A committed write of one item. */
export interface Commit {
  readonly seq: number;
  readonly at: number;
  /** The invocation that wrote. */
  readonly by: string;
  readonly before?: Item;
  readonly after?: Item;
}

export interface Submission {
  readonly seq: number;
  /** When the product handed it over. */
  readonly at: number;
  readonly by: string;
  readonly text: Text;
  /** When it was decided, if it ever was; and whether the carrier has taken it. */
  readonly reached?: number;
  readonly accepted: boolean;
  /** Whether the product was told that nothing was submitted. */
  readonly refused?: 'throttled' | 'rejected';
}

/** An inbound text, as its phone has sent it. */
export interface Said {
  readonly id: string;
  readonly at: number;
  readonly phone: string;
  readonly to: string;
  readonly text: string;
}

/** What a client has asked of the API, until it was answered. */
export interface Asked {
  readonly act: Act;
  readonly at: number;
  readonly seq: number;
  answered?: { readonly at: number; readonly seq: number; readonly status: number };
}

/** A stretch of an inbox's line. */
export interface Slot {
  readonly inbox: string;
  readonly at: number;
  readonly from: number;
  readonly stretch: number;
}

export interface ExecutionState {
  readonly name: string;
  readonly status: string;
  readonly error?: string | undefined;
  readonly due?: number | undefined;
}

export interface Happened {
  readonly commits: Commit[];
  readonly submissions: Submission[];
  readonly said: Said[];
  readonly asked: Asked[];
  readonly slots: Slot[];
  readonly told: DomainEvent[];
  /** What the network has told of texts. */
  readonly receipts: { readonly messageId: string; readonly status: string }[];
}

/** All of it, and what there is when everything has come to rest. */
export interface Record extends Happened {
  readonly now: number;
  readonly items: readonly Item[];
  readonly executions: readonly ExecutionState[];
  readonly deadLetters: number;
  /** By workflow. */
  readonly statistics: ReadonlyMap<string, Figures>;
  /** The invocations that something went wrong in, but for clocks and throttled texts. */
  readonly disturbed: ReadonlySet<string>;
}
