import { DAY, MINUTE } from '../support/world.ts';

/*
 * Who is in what, as the product means it: no items, no feed, no index, no schedule. A trigger enrols when it turns from
 * false to true of a contact, by a write at once or by time on the next full minute; a turn enrols whom it is true of.
 */

export type Rule = 'a' | 'a-not-b' | 'listed' | 'not-listed' | 'old' | 'a-and-unseen' | 'not-fresh';
export interface Person {
  readonly tags: ReadonlySet<string>;
  readonly createdAt: number;
  readonly seenAt?: number | undefined;
}
export interface Entry {
  readonly person: string;
  readonly at: number;
}
interface Flow {
  rule: Rule;
  isOn: boolean;
  mayReenter: boolean;
  /** Of whom it was true when it was last looked at. */
  readonly held: Set<string>;
  readonly entries: Entry[];
  /** When the run of a person ends. */
  readonly until: Map<string, number>;
}

/** A run waits half an hour; its timer wakes it a few seconds late. */
export const RUN_MS = 30 * MINUTE;
const LATE_MS = 20_000;

export function audienceModel(start: number) {
  let now = start;
  let list: Rule = 'a';
  const people = new Map<string, Person>();
  const flows = new Map<string, Flow>();

  const within = (at: number | undefined, days: number, time: number) =>
    at !== undefined && at <= time && at >= time - days * DAY;
  const holds = (rule: Rule, person: Person, time: number): boolean => {
    switch (rule) {
      case 'a':
        return person.tags.has('a');
      case 'a-not-b':
        return person.tags.has('a') && !person.tags.has('b');
      case 'listed':
        return holds(list, person, time);
      case 'not-listed':
        return !holds(list, person, time);
      case 'old':
        return !within(person.createdAt, 2, time);
      case 'a-and-unseen':
        return person.tags.has('a') && person.seenAt !== undefined && !within(person.seenAt, 1, time);
      case 'not-fresh':
        return !(within(person.seenAt, 1, time) || within(person.createdAt, 1, time));
      default:
        return rule satisfies never;
    }
  };
  const enter = (flow: Flow, person: string) => {
    const until = flow.until.get(person);
    if (until !== undefined && (now <= until + LATE_MS || !flow.mayReenter)) return;
    flow.entries.push({ person, at: now });
    flow.until.set(person, now + RUN_MS);
  };
  const look = (flow: Flow, name: string, person: Person, wasFalse: boolean) => {
    const is = holds(flow.rule, person, now);
    if (is && (wasFalse || !flow.held.has(name))) enter(flow, name);
    if (is) flow.held.add(name);
    else flow.held.delete(name);
  };
  const on = () => [...flows.values()].filter(({ isOn }) => isOn);

  return {
    entries: (flow: string): readonly Entry[] => flows.get(flow)?.entries ?? [],
    isOn: (flow: string) => flows.get(flow)?.isOn ?? false,
    /** Whether a list is used by what is on. */
    isListLocked: () => on().some(({ rule }) => rule === 'listed' || rule === 'not-listed'),
    setList: (rule: Rule) => {
      list = rule;
    },
    write(name: string, person: Person) {
      const before = people.get(name);
      people.set(name, person);
      for (const flow of on()) look(flow, name, person, !(before && holds(flow.rule, before, now)));
    },
    forget(name: string) {
      people.delete(name);
      for (const flow of flows.values()) flow.held.delete(name);
    },
    turnOn(id: string, { rule, mayReenter, enrolling }: { rule?: Rule; mayReenter?: boolean; enrolling: boolean }) {
      const known = flows.get(id) ?? {
        rule: 'a',
        isOn: false,
        mayReenter: false,
        held: new Set(),
        entries: [],
        until: new Map(),
      };
      const flow: Flow = {
        ...known,
        rule: rule ?? known.rule,
        mayReenter: mayReenter ?? known.mayReenter,
        isOn: true,
        held: new Set(),
      };
      flows.set(id, flow);
      for (const [name, person] of people) {
        if (!holds(flow.rule, person, now)) continue;
        if (enrolling) enter(flow, name);
        flow.held.add(name);
      }
    },
    /** Runs end with it. */
    turnOff(id: string) {
      const flow = flows.get(id);
      if (!flow) return;
      flow.isOn = false;
      for (const [name, until] of flow.until) flow.until.set(name, Math.min(until, now - LATE_MS - 1));
    },
    pass(to: number) {
      for (let minute = Math.floor(now / MINUTE + 1) * MINUTE; minute <= to; minute += MINUTE) {
        now = minute;
        for (const flow of on()) for (const [name, person] of people) look(flow, name, person, false);
      }
      now = to;
    },
  };
}
