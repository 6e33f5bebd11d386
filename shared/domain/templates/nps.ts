import type { Step } from '../workflow.ts';
import {
  addTag,
  branch,
  draftOf,
  forAPerson,
  ifElse,
  inRound,
  type Round,
  removeTag,
  send,
  setField,
  type Template,
  waitADay,
} from './template.ts';

const GROUPS = ['promoter', 'passive', 'detractor'] as const;
type Group = (typeof GROUPS)[number];

/** A contact is in one group: whoever answered differently last time leaves the other. */
const tagAs = (id: (id: string) => string, group: Group): Step[] => [
  ...GROUPS.filter((other) => other !== group).map((other) => removeTag(id(`${group}-untag-${other}`), other)),
  addTag(id(`${group}-tag`), group),
];

const reaction: { readonly [G in Group]: (id: (id: string) => string) => Step[] } = {
  promoter: (id) => [
    send(
      id('promoter-thanks'),
      'Thank you, that makes our day! Would you share it with others in a short review? {{workspace.reviewLink}}',
      'conversational',
    ),
  ],
  passive: (id) => [
    send(id('passive-question'), 'Thank you! What is the one thing we could do better for you?', 'conversational'),
    waitADay(id('passive-wait')),
    send(
      id('passive-link'),
      '{{workspace.businessName}}: Thanks for helping us get better. If you like, tell others about us too: {{workspace.reviewLink}}',
      'conversational',
    ),
  ],
  detractor: (id) => [
    send(
      id('detractor-apology'),
      'We are sorry that we let you down. What went wrong? Just reply here, a person will read it and get back to you.',
      'conversational',
    ),
    waitADay(id('detractor-wait')),
  ],
};

/** An answer to one of the questions: its score is written, and its group decides. */
function answered(round: Round, { unclear, silent }: { unclear: Step[]; silent: Step[] }): Step[] {
  const id = inRound(round);
  const scored = (group: Group) => branch(`Is a ${group}`, ...tagAs(id, group), ...reaction[group](id));
  return [
    waitADay(id('wait-for-score')),
    setField(id('write-score'), 'nps_score', 'score'),
    ifElse(
      id('is-promoter'),
      { score: { is: 'promoter' } },
      {
        then: scored('promoter'),
        else: branch(
          '8 or less, or unclear',
          ifElse(
            id('is-passive'),
            { score: { is: 'passive' } },
            {
              then: scored('passive'),
              else: branch(
                '6 or less, or unclear',
                ifElse(
                  id('is-detractor'),
                  { score: { is: 'detractor' } },
                  { then: scored('detractor'), else: branch('Unclear', ...unclear) },
                ),
              ),
            },
          ),
        ),
        noReply: branch('No reply', ...silent),
      },
    ),
  ];
}

/** Both follow-ups ask a second time, so neither asks a third. */
const askedTwice = (round: Round): Step[] =>
  answered(round, { unclear: [forAPerson(inRound(round)('tag-needs-human'))], silent: [] });

export const nps: Template = {
  title: 'NPS',
  description:
    'Asks customers you have been in touch with how likely they are to recommend you, at most every 90 days. Writes the score, tags promoters, passives and detractors, and follows up with each. Publish it with re-entry on.',
  draft: draftOf(
    {
      all: [
        { type: 'tag', op: 'has', tag: 'customer' },
        {
          any: [
            { type: 'activity', activity: 'lastMessageReceived', op: 'within-days', days: 90 },
            { type: 'activity', activity: 'lastCall', op: 'within-days', days: 90 },
          ],
        },
        {
          any: [
            { type: 'custom-field', field: 'nps_asked_at', op: 'is-unknown' },
            { type: 'custom-field', field: 'nps_asked_at', op: 'not-within-days', days: 90 },
          ],
        },
      ],
    },
    [
      send(
        'question',
        '{{workspace.businessName}}: How likely are you to recommend us to a friend, from 0 (not at all) to 10 (very)? Reply with a number, or STOP to opt out.',
      ),
      setField('write-asked-at', 'nps_asked_at', 'now'),
      ...answered(1, {
        unclear: [
          send(
            'ask-again',
            'Thanks! To count your answer we need one number: from 0 (not at all) to 10 (very), how likely are you to recommend us?',
            'conversational',
          ),
          ...askedTwice(2),
        ],
        silent: [
          send(
            'nudge',
            '{{workspace.businessName}}: One number is all it takes: from 0 to 10, how likely are you to recommend us to a friend?',
          ),
          ...askedTwice(3),
        ],
      }),
    ],
  ),
  customFields: [
    { key: 'nps_asked_at', label: 'NPS asked at', type: 'date' },
    { key: 'nps_score', label: 'NPS score', type: 'number' },
  ],
  variables: ['businessName', 'reviewLink'],
  reentry: { allowReentry: true },
};
