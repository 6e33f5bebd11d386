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
    found: 'a task of a wait that was over opened its mailbox again, in place of the one that was open',
    schedule: {
      ...{ seed: 70249, variant: 'free', startsAfter: 75_600_000, slowness: 40 },
      acts: [
        { id: 0, when: { after: 2154 }, do: 'tag', who: 0, tag: 'lead' },
        {
          ...{ id: 5, when: { on: 'handed over', time: 1, after: 122_333, isAimed: true } },
          ...{ do: 'write', who: 2, from: 'front', takeover: true },
        },
      ],
    },
    faults: [
      { at: 'deliver feed | feed C#ct_01KJS12F40NP025ZKMVS4Z0Z5B/CONTACT@2 | -1', kind: 'skewed' },
      {
        at: 'table.get | task run_01KJS12F40NP025ZKMVS4Z0Z5B01KJWBGCR3XFKRNHKXYHR6V048.2.5 | 1',
        kind: 'late answer',
      },
    ],
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
    found:
      'nobody told what became of a text whose function had died, once its run had ended and the contact entered again',
    schedule: {
      ...{ seed: 4448, variant: 'hours', startsAfter: 28_800_000, slowness: 40 },
      acts: [
        { id: 0, when: { after: 3885 }, do: 'tag', who: 0, tag: 'lead' },
        {
          ...{ id: 2, when: { on: 'claimed', time: 1, after: 4041, isAimed: true } },
          ...{ do: 'enrol', who: 1, flow: 'survey' },
        },
        {
          ...{ id: 4, when: { on: 'called', time: 2, after: 2284, isAimed: true } },
          ...{ do: 'turn off', flow: 'hello', inFlight: 'exit' },
        },
      ],
    },
    faults: [
      { at: 'deliver feed | feed C#ct_01KJS12F40NP025ZKMVS4Z0Z5B/CONTACT@2 | -1', kind: 'skewed' },
      {
        at: 'table.get | task run_01KJS12F40NP025ZKMVS4Z0Z5B01KJTYW5Q1JM8R3QRRBRPFD467.1.1 | 10',
        kind: 'lost answer',
      },
      { at: 'table.get | request 2 | 3', kind: 'late answer' },
    ],
  },
  {
    found: 'a receipt was done with that came while its text was being written',
    schedule: {
      seed: 2051,
      variant: 'capped',
      startsAfter: 61200000,
      slowness: 40,
      acts: [
        { id: 1, when: { after: 3796 }, do: 'tag', who: 1, tag: 'hot' },
        { id: 10, when: { after: 82152298 }, do: 'enrol', who: 1, flow: 'survey' },
        { id: 11, when: { after: 47927150 }, do: 'enrol', who: 0, flow: 'survey' },
      ],
    },
    faults: [
      { at: 'table.get | task run_01KJS12F40XGZJ700978W68HG501KJYC3VVA173PY2MSN03CWG97.1.1 | 11', kind: 'crash after' },
      {
        at: 'deliver task | task run_01KJS12F40XGZJ700978W68HG501KJYC3VVA173PY2MSN03CWG97.1.2 | -1',
        kind: 'crash before',
      },
      {
        at: 'deliver task | task run_01KJS12F40XGZJ700978W68HG501KJYC3VVA173PY2MSN03CWG97.1.4 | -1',
        kind: 'crash before',
      },
      { at: 'deliver task | task run_01KJS12F40XGZJ700978W68HG501KJYC3VVA173PY2MSN03CWG97.1.6 | -1', kind: 'skewed' },
      { at: 'sms.send | task run_01KJS12F40XGZJ700978W68HG501KJYC3VVA173PY2MSN03CWG97.1.6 | 14', kind: 'throttled' },
      { at: 'deliver task | task run_01KJS12F40XGZJ700978W68HG501KJYC3VVA173PY2MSN03CWG97.1.9 | -1', kind: 'skewed' },
      { at: 'sms.send | task run_01KJS12F40XGZJ700978W68HG501KJYC3VVA173PY2MSN03CWG97.1.9 | 14', kind: 'crash after' },
      {
        at: 'deliver receipt | receipt msg_01KJS12F40XGZJ700978W68HG501KJYSVYV4ZAAV2ETR5FWA7ZY1 UNDELIVERED | -1',
        kind: 'reordered',
      },
      { at: 'table.get | task run_01KJS12F40XGZJ700978W68HG501KJYC3VVA173PY2MSN03CWG97.1.13 | 1', kind: 'late answer' },
    ],
  },
];
