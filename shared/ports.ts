import type { Definition } from '../statemachines/asl.ts';
import type { BusEvent } from './domain/event.ts';
import type { Job } from './domain/job.ts';

/** Everything that lies outside the product: one machine (`local/`) and AWS (`shared/aws`) each bring all of it. */
export interface Ports {
  readonly table: Table;
  readonly machines: Machines;
  readonly sms: Sms;
  readonly queue: Queue;
  readonly bus: Bus;
  readonly files: Files;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

// ---------------------------------------------------------------- Table

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type Document = { readonly [name: string]: Json };

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/**
 * One document under a key. `rev` counts its writes from 1; every write names the revision it has read, so no update is
 * ever lost. `index` places it in the one secondary index. `expiresAt` (epoch seconds) only collects garbage: an
 * expired item may still be read, so nothing may depend on its absence.
 */
export interface Item extends Key {
  readonly type: string;
  readonly rev: number;
  /** Plain JSON; absent and undefined are one. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly index?: Key;
  readonly expiresAt?: number;
}

/** `rev` is the revision that was read; 0 says that the item must not exist. A put stores `rev + 1`. */
export type Write =
  | { readonly put: Omit<Item, 'rev'>; readonly rev: number }
  | { readonly delete: Key; readonly rev: number }
  | { readonly check: Key; readonly rev: number };

/** `failed` lists the positions of the writes whose revision was not the one in the table; nothing was written. */
export type Written = { readonly committed: true } | { readonly committed: false; readonly failed: readonly number[] };

export interface Query {
  readonly pk: string;
  /** Only sort keys that begin so. */
  readonly prefix?: string;
  /** Only sort keys that do not come after it; stands alone, without a prefix. */
  readonly upTo?: string;
  readonly order?: 'ascending' | 'descending';
  /** At most so many items; without it, all of them (the engine pages by itself). */
  readonly limit?: number | undefined;
  /** A `next` of an earlier page of the same query; any other throws `InvalidCursor` (domain/cursor.ts). */
  readonly cursor?: string | undefined;
}

export interface Page {
  readonly items: readonly Item[];
  readonly next?: string;
}

export interface Table {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;
  /** Strongly consistent; in the order of the keys, `undefined` where there is none. Any number of keys. */
  getMany(keys: readonly Key[]): Promise<readonly (Item | undefined)[]>;
  /** Strongly consistent, in the order of the sort key. */
  query(query: Query): Promise<Page>;
  /** Over the secondary index: whole items in the order of `index.sk`; may lag behind the writes. */
  queryIndex(query: Query): Promise<Page>;
  /** How many items the secondary index has in a partition; may lag behind the writes. */
  countIndex(pk: string): Promise<number>;
  /**
   * Takes a stretch of a line of numbers that many take from at once: answers where the line stood, or `floor` if that is
   * further, and moves it on from there. Nobody's stretch is another's; one whose answer was lost belongs to nobody.
   */
  take(line: Key, floor: number, stretch: number): Promise<number>;
  /** All or nothing; 1–100 writes, each for another key. A lost race is an outcome; only a fault throws. */
  write(writes: readonly Write[]): Promise<Written>;
}

/**
 * What a write has changed: the table's change feed gives each at least once, in order per partition.
 * `id` is the same whenever the same change is given again.
 */
export interface Change {
  readonly id: string;
  /** Epoch milliseconds of the write, to the second on AWS. */
  readonly at: number;
  readonly before?: Item;
  readonly after?: Item;
}

// ------------------------------------------------------------- Machines

export interface Execution {
  /** What `put` has returned. */
  readonly machine: string;
  /** 1–80 characters; a second start under the same name does nothing. */
  readonly name: string;
  readonly input: Document;
}

export interface RunningExecutions {
  /** `startedAt` in epoch milliseconds. */
  readonly executions: readonly { readonly name: string; readonly startedAt: number }[];
  readonly next?: string;
}

export interface Machines {
  /**
   * Creates or updates the machine of this name and publishes it; answers the immutable version's address, or
   * undefined while the service takes no more of them: its quota allows about one a second.
   */
  put(machine: { readonly name: string; readonly definition: Definition }): Promise<string | undefined>;
  /** The definition of what `put` has returned. */
  definition(machine: string): Promise<Definition>;
  /** What `compile` needs to know: the address of the function that runs the steps. */
  readonly stepFunction: string;
  start(execution: Execution): Promise<'started' | 'already-started'>;
  /** Ends the callback task that waits under the token. `gone`: it has timed out, was completed before, or its execution ended. */
  complete(token: string, output: Document): Promise<'completed' | 'gone'>;
  stop(execution: { readonly machine: string; readonly name: string }): Promise<void>;
  /** `over`: it has ended, however it did. `unknown`: there is none of this name, or it ended long ago. */
  status(execution: { readonly machine: string; readonly name: string }): Promise<'running' | 'over' | 'unknown'>;
  /** The executions that run now, of whatever version of the machine, page by page. */
  listRunning(machine: string, cursor: string | undefined): Promise<RunningExecutions>;
  remove(name: string): Promise<void>;
}

// ------------------------------------------------------------------ SMS

export interface Text {
  /** The number, pool or sender id to send from. */
  readonly from: string;
  /** E.164 */
  readonly to: string;
  readonly body: string;
  readonly mediaUrl?: string;
  /** Comes back with the delivery events; ours to recognise what was sent. */
  readonly messageId: string;
}

/**
 * `throttled` was provably not submitted. `unknown` may or may not have been: there is no idempotency key to ask again with.
 * Source: AWS End User Messaging SMS v2, SendTextMessage.
 */
export type Submission =
  | { readonly outcome: 'accepted'; readonly providerId: string }
  | { readonly outcome: 'throttled' }
  | { readonly outcome: 'rejected'; readonly reason: string; readonly optedOut: boolean }
  | { readonly outcome: 'unknown'; readonly reason: string };

export interface Sms {
  /** One attempt, never repeated below this line. */
  send(text: Text): Promise<Submission>;
  /** Mirrors consent to the carrier's own list; idempotent. */
  blockNumber(phone: string): Promise<void>;
  /** `refused` until AWS lets the number off its list (once in 30 days). */
  unblockNumber(phone: string): Promise<'unblocked' | 'refused'>;
}

// ------------------------------------------------ Queue, bus, clock, ids, log

export interface Queue {
  /** Hands a job to the worker of its kind: at least once, at the earliest after `delaySeconds` (0–900). */
  send(job: Job, delaySeconds?: number): Promise<void>;
}

/** Where somebody without rights of their own may put or get one file, for a while. */
export interface Link {
  readonly url: string;
  /** What has to be sent along. */
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Files on their way in (`imports/…`) or out (`exports/…`); each is gone after a week at the latest. A large one is put
 * together of parts that may come hours apart: each but the last has to have `SMALLEST_PART` bytes or more, and one that
 * is put again takes the place of the earlier.
 */
export interface Files {
  uploadLink(name: string, contentType: string): Promise<Link>;
  /** Under the name that the file is to have on somebody's disk. */
  downloadLink(name: string, saveAs: string): Promise<Link>;
  /** In bytes; undefined where there is no such file. */
  size(name: string): Promise<number | undefined>;
  /** From a byte on, in chunks of a few MB at most. */
  read(name: string, from: number): AsyncIterable<Uint8Array>;
  put(name: string, bytes: Uint8Array, contentType: string): Promise<void>;
  /** Answers what the parts are put under. */
  begin(name: string, contentType: string): Promise<string>;
  /** `part` counts from 1. Answers what `finish` wants to know of it. */
  putPart(name: string, upload: string, part: number, bytes: Uint8Array): Promise<string>;
  /** The file is there from now on. May be repeated. */
  finish(name: string, upload: string, parts: readonly string[]): Promise<void>;
  /** Gives up what was begun; fine where it has ended by itself. */
  abandon(name: string, upload: string): Promise<void>;
  /** Fine where there is none. */
  remove(name: string): Promise<void>;
}

/** Of S3: no part but the last is smaller. */
export const SMALLEST_PART = 5 * 1024 * 1024;

export interface Bus {
  /** Hands over all of them, at least once; throws where the bus has not taken one, and then some may be told twice. */
  publish(events: readonly BusEvent[]): Promise<void>;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface Ids {
  /** A ULID: 26 characters of Crockford's base 32 that sort by time. */
  next(): string;
}

/** What a line tells besides its own `level` and `code`. */
type Facts = Document & { readonly level?: never; readonly code?: never };

export interface Log {
  info(code: string, facts?: Facts): void;
  /** Never a phone number, a name or a text. */
  error(code: string, facts?: Facts): void;
}
