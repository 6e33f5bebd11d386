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
  says,
  send,
  type Template,
  waitADay,
} from './template.ts';

const DONE = ['done', 'posted', 'left', 'reviewed'];
const COMPLAINT = [
  'bad',
  'terrible',
  'awful',
  'horrible',
  'worst',
  'rude',
  'poor',
  'unhappy',
  'upset',
  'angry',
  'disappointed',
  'disappointing',
  'unprofessional',
  'complaint',
  'complain',
  'refund',
  'problem',
  'not happy',
  'not good',
  'not great',
  'not satisfied',
];
const NO_COMPLAINT = ['no problem', 'no problems', 'not a problem', 'not bad', 'no complaint', 'no complaints'];

/**
 * Where an answer leads. Complaints come first: "I left, they were rude" has not left a review. Before that, and so
 * for the pleased and the displeased alike, stands a thank-you for reviewing that is off until contacts have its tag.
 */
function answered(round: Round, silent: Step[]): Step[] {
  const id = inRound(round);
  return [
    waitADay(id('wait-for-review')),
    ifElse(
      id('incentive'),
      { keywords: says(DONE), filter: { type: 'tag', op: 'has', tag: 'review-incentive' } },
      {
        then: branch(
          'Offer a thank-you (off: needs the tag review-incentive)',
          send(
            id('incentive-text'),
            'A small thank-you for your review, whatever you wrote: show this text for 10% off your next visit.',
            'conversational',
          ),
        ),
        else: branch('No thank-you'),
      },
    ),
    ifElse(
      id('complains'),
      { keywords: says(COMPLAINT, NO_COMPLAINT) },
      {
        then: branch(
          'Complains',
          addTag(id('tag-service-recovery'), 'service-recovery'),
          send(
            id('apology'),
            'We are sorry your visit was not what it should have been. Someone from our team will contact you to make it right.',
            'conversational',
          ),
        ),
        else: branch(
          'Does not complain',
          ifElse(
            id('has-reviewed'),
            { keywords: says(DONE) },
            {
              then: branch(
                'Has reviewed',
                addTag(id('tag-reviewed'), 'reviewed'),
                send(
                  id('thanks'),
                  'Thank you for taking the time! It helps us, and others to find us.',
                  'conversational',
                ),
              ),
              else: branch('Another reply', forAPerson(id('tag-needs-human'))),
            },
          ),
        ),
        noReply: branch('No reply', ...silent),
      },
    ),
  ];
}

export const reviews: Template = {
  title: 'Reviews',
  description:
    'Asks visitors for an honest review, reminds them once, thanks those who wrote one and passes complaints on. The thank-you gift is off: it is offered, whatever the review says, only to contacts tagged review-incentive. Many review sites forbid it, so check first.',
  draft: draftOf(
    {
      all: [
        { type: 'tag', op: 'has', tag: 'visit-completed' },
        { type: 'tag', op: 'has-not', tag: 'review-asked' },
      ],
    },
    [
      send(
        'ask',
        '{{workspace.businessName}}: Thanks for your visit! Would you leave us an honest review? {{workspace.reviewLink}} Reply DONE once posted, STOP to opt out.',
      ),
      removeTag('untag-visit', 'visit-completed'),
      addTag('tag-asked', 'review-asked'),
      ...answered(1, [
        send(
          'reminder',
          '{{workspace.businessName}}: A friendly reminder: your honest review would help us a lot. {{workspace.reviewLink}} Reply DONE once posted.',
        ),
        ...answered(2, []),
      ]),
    ],
  ),
  customFields: [],
  variables: ['businessName', 'reviewLink'],
  reentry: { allowReentry: false },
};
