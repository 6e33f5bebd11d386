import type { Case } from './shrink.ts';

/**
 * Schedules that have failed once, shrunk, with what they have found. They are kept as data: a seed means another schedule
 * as soon as anything of `schedule.ts` changes.
 */
export const FOUND: readonly (Case & { readonly found: string })[] = [
  {
    found: 'the remembered answer of handing back told of a contact who was erased',
    schedule: {
      ...{ seed: 70160, variant: 'capped', startsAfter: 79_200_000, slowness: 1 },
      acts: [
        { id: 1, when: { after: 2560 }, do: 'enrol', who: 1, flow: 'survey' },
        { id: 2, when: { on: 'claimed', time: 1, after: 33, isAimed: true }, do: 'hand back', who: 0 },
        { id: 5, when: { on: 'called', time: 3, after: 66, isAimed: true }, do: 'delete', who: 1 },
      ],
    },
    faults: [],
  },
  {
    found: 'a text by hand stayed CLAIMED: asked again at once, that was the answer, and was remembered',
    schedule: {
      ...{ seed: 3451, variant: 'capped', startsAfter: 57_600_000, slowness: 1 },
      acts: [{ id: 8, when: { after: 61_654_960 }, do: 'write', who: 1, from: 'back', takeover: false }],
    },
    faults: [{ at: 'table.write | request 8 | 11', kind: 'throttled' }],
  },
  {
    found: 'the answer to a START stayed CLAIMED: something newer had been said when the START was told again',
    schedule: {
      ...{ seed: 129, variant: 'free', startsAfter: 0, slowness: 1 },
      acts: [
        { id: 6, when: { after: 76_019_407 }, do: 'say', who: 1, to: 'front', text: 'START' },
        { id: 7, when: { after: 81_375_372 }, do: 'say', who: 1, to: 'back', text: 'UNSTOP' },
      ],
    },
    faults: [
      { at: 'sms.unblockNumber | inbound said-6 | 10', kind: 'lost answer' },
      { at: 'sms.send | inbound said-6 (2) | 9', kind: 'crash before' },
      { at: 'sms.unblockNumber | inbound said-6 (3) | 7', kind: 'lost answer' },
    ],
  },
  {
    found: 'nobody told what became of a text whose run had ended, when the contact had entered again',
    schedule: {
      seed: 4199,
      variant: 'free',
      startsAfter: 0,
      slowness: 40,
      acts: [
        { id: 1, when: { after: 774 }, do: 'tag', who: 1, tag: 'hot' },
        { id: 4, when: { on: 'called', time: 1, after: 4030, isAimed: true }, do: 'exit', who: 0, flow: 'offer' },
        { id: 9, when: { on: 'ended', time: 1, after: 0, isAimed: true }, do: 'enrol', who: 0, flow: 'hello' },
      ],
    },
    faults: [
      { at: 'deliver feed | feed C#ct_01KJS12F40XGZJ700978W68HG5/CONTACT@2 | -1', kind: 'skewed' },
      { at: 'sms.send | task run_01KJS12F40XGZJ700978W68HG501KJT3D7C0RWD2476HZ0ABG9WQ.1.1 | 12', kind: 'crash after' },
    ],
  },
  {
    found: 'a text that was refused stayed of a contact who was erased just before its run told of it',
    schedule: {
      seed: 8185,
      variant: 'capped',
      startsAfter: 10800000,
      slowness: 8,
      acts: [
        { id: 0, when: { after: 1248 }, do: 'tag', who: 0, tag: 'lead' },
        { id: 1, when: { after: 1879 }, do: 'tag', who: 1, tag: 'hot' },
        { id: 6, when: { on: 'entered', time: 2, after: 1451, isAimed: false }, do: 'delete', who: 1 },
      ],
    },
    faults: [
      { at: 'deliver feed | feed C#ct_01KJS12F40XGZJ700978W68HG5/CONTACT@2 | -1', kind: 'reordered' },
      { at: 'sms.send | task run_01KJS12F40XGZJ700978W68HG501KJTDZD4RJXQGJS6XH2YR9BMF.1.1 | 15', kind: 'rejected' },
      { at: 'table.get | task run_01KJS12F40XGZJ700978W68HG501KJTDZD4RJXQGJS6XH2YR9BMF.1.1 | 16', kind: 'late answer' },
    ],
  },
  {
    found: 'a reply that came before its text was known to be accepted, and was told hours later, did not end the run',
    schedule: {
      seed: 10887,
      variant: 'hours',
      startsAfter: 75600000,
      slowness: 1,
      acts: [
        { id: 0, when: { after: 1030 }, do: 'tag', who: 0, tag: 'lead' },
        { id: 1, when: { after: 3794 }, do: 'enrol', who: 1, flow: 'survey' },
        { id: 2, when: { after: 58720392 }, do: 'write', who: 0, from: 'back', takeover: true },
        { id: 4, when: { after: 2254582 }, do: 'enrol', who: 0, flow: 'series' },
        {
          id: 6,
          when: { on: 'called', time: 6, after: 95, isAimed: true },
          do: 'say',
          who: 0,
          to: 'front',
          text: 'yes',
        },
      ],
    },
    faults: [{ at: 'deliver inbound | inbound said-6 | -1', kind: 'delayed' }],
  },
  {
    found: 'the cap did not count a text under way of a run that had been ended, where the contact had entered again',
    schedule: {
      seed: 23285,
      variant: 'capped',
      startsAfter: 54000000,
      slowness: 1,
      acts: [
        { id: 0, when: { after: 3089 }, do: 'tag', who: 0, tag: 'lead' },
        { id: 1, when: { after: 3914 }, do: 'tag', who: 1, tag: 'hot' },
        { id: 4, when: { on: 'claimed', time: 5, after: 139, isAimed: true }, do: 'exit', who: 1, flow: 'visit' },
        { id: 6, when: { on: 'ended', time: 2, after: 10, isAimed: true }, do: 'enrol', who: 1, flow: 'survey' },
        { id: 7, when: { after: 6460713 }, do: 'say', who: 1, to: 'back', text: 'hello' },
      ],
    },
    faults: [
      { at: 'table.write | task run_01KJS12F40NP025ZKMVS4Z0Z5B01KJVPX4VY64NXGBG2YAR3DPNC.1.1 | 16', kind: 'throttled' },
      { at: 'deliver task | task run_01KJS12F40NP025ZKMVS4Z0Z5B01KJVPX4VY64NXGBG2YAR3DPNC.1.5 | -1', kind: 'skewed' },
      { at: 'sms.send | task run_01KJS12F40NP025ZKMVS4Z0Z5B01KJVPX4VY64NXGBG2YAR3DPNC.1.15 | 14', kind: 'late answer' },
    ],
  },
];
