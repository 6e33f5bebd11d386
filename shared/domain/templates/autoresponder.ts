import type { Step } from '../workflow.ts';
import {
  addTag,
  branch,
  draftOf,
  forAPerson,
  ifElse,
  inRound,
  type Round,
  says,
  send,
  type Template,
  waitADay,
} from './template.ts';

const WANTS_TO_BOOK = ['book', 'appointment', 'schedule', 'price', 'quote'];

/** Where an answer leads; `silent` is what happens without one. */
function answered(round: Round, silent: Step[]): Step[] {
  const id = inRound(round);
  return [
    waitADay(id('wait-for-answer')),
    ifElse(
      id('wants-to-book'),
      { keywords: says(WANTS_TO_BOOK) },
      {
        then: branch(
          'Wants to book',
          addTag(id('tag-hot-lead'), 'hot-lead'),
          send(
            id('booking-link'),
            'Great, you can see prices and free times and book right here: {{workspace.bookingLink}}',
            'conversational',
          ),
        ),
        else: branch('Another reply', forAPerson(id('tag-needs-human'))),
        noReply: branch('No reply', ...silent),
      },
    ),
  ];
}

export const autoresponder: Template = {
  title: 'Autoresponder',
  description:
    'Greets people who wrote to you through web chat and have never had a text from you. Sends the booking link to those who want to book, tags the others for a person to answer, and asks once more after a day of silence.',
  draft: draftOf(
    {
      all: [
        { type: 'opt-in-source', op: 'is', value: 'web_chat' },
        { type: 'activity', activity: 'lastMessageSent', op: 'is-unknown' },
      ],
    },
    [
      send(
        'greeting',
        '{{workspace.businessName}}: Hi {{contact.firstName | "there"}}, thanks for writing! Would you like to book, or can we help otherwise? Reply STOP to opt out.',
      ),
      ...answered(1, [
        send(
          'nudge',
          '{{workspace.businessName}}: Still there? Reply BOOK and we will send you our free times, or just ask us anything.',
        ),
        ...answered(2, []),
      ]),
    ],
  ),
  customFields: [],
  variables: ['businessName', 'bookingLink'],
  reentry: { allowReentry: false },
};
