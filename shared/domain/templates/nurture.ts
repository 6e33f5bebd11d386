import {
  addTag,
  branch,
  draftOf,
  forAPerson,
  ifElse,
  removeTag,
  says,
  send,
  type Template,
  waitADay,
} from './template.ts';

const YES = [
  'yes',
  'yeah',
  'yep',
  'yup',
  'y',
  'sure',
  'ok',
  'okay',
  'please',
  'interested',
  'absolutely',
  'definitely',
  'of course',
  'sounds good',
  'sounds great',
  '👍',
];
const NO = ['no', 'nope', 'nah', 'n', 'not', 'never', "don't", 'do not', "can't", 'cannot', "won't", '👎'];
/** They hold a word of refusal and refuse nothing: a person reads them. */
const NEITHER = ['why not', 'no problem', 'not sure', "don't know", "don't mind"];
const SETTLED = ['booked', 'scheduled', 'done', 'thanks', 'thank you', 'thx', 'great', 'perfect', 'ok', 'okay', '👍'];

const wantsDemo = branch(
  'Wants a demo',
  addTag('tag-demo-interested', 'demo-interested'),
  removeTag('untag-lead', 'lead'),
  send(
    'booking-link',
    'Great! Pick the time that suits you best for your demo here: {{workspace.bookingLink}}',
    'conversational',
  ),
  waitADay('wait-for-booking'),
  ifElse(
    'has-booked',
    { keywords: says(SETTLED, ['not', "can't"]) },
    {
      then: branch('Has booked'),
      else: branch('Another reply', forAPerson('tag-needs-human-booking')),
      noReply: branch(
        'No reply',
        send(
          'booking-reminder',
          '{{workspace.businessName}}: A quick reminder: you can still pick a time for your demo here: {{workspace.bookingLink}}',
        ),
      ),
    },
  ),
);

export const nurture: Template = {
  title: 'Nurture',
  description:
    'Offers leads a demo. Those who say yes get the booking link and one reminder, those who decline are tagged and left in peace, the silent get one last note.',
  draft: draftOf(
    {
      all: [
        { type: 'tag', op: 'has', tag: 'lead' },
        { type: 'tag', op: 'has-not', tag: 'customer' },
      ],
    },
    [
      send(
        'offer',
        '{{workspace.businessName}}: Hi {{contact.firstName | "there"}}, would you like a free demo of what we do? Reply YES or NO, or STOP to opt out.',
      ),
      waitADay('wait-for-answer'),
      ifElse(
        'says-yes',
        { keywords: says(YES, NO) },
        {
          then: wantsDemo,
          else: branch(
            'Does not say yes',
            ifElse(
              'says-no',
              { keywords: says(NO, NEITHER) },
              {
                then: branch(
                  'Says no',
                  addTag('tag-not-interested', 'not-interested'),
                  send(
                    'kind-close',
                    'No problem, thanks for letting us know. We wish you all the best, and are here if you ever need us.',
                    'conversational',
                  ),
                ),
                else: branch('Another reply', forAPerson('tag-needs-human')),
              },
            ),
          ),
          noReply: branch(
            'No reply',
            send(
              'last-note',
              '{{workspace.businessName}}: We will not write about the demo again. Should you want it later, book any time: {{workspace.bookingLink}}',
            ),
          ),
        },
      ),
    ],
  ),
  customFields: [],
  variables: ['businessName', 'bookingLink'],
  reentry: { allowReentry: false },
};
