import { addTag, draftOf, send, type Template } from './template.ts';

/** The filter is the user's own: until there is one, publishing refuses with EMPTY_TRIGGER. */
export const sendMessage: Template = {
  title: 'Send a Message',
  description:
    'Sends one text to the contacts of your choice and tags them. Needs a filter of your own and your own words.',
  draft: draftOf({ all: [] }, [
    send(
      'message',
      '{{workspace.businessName}}: Hi {{contact.firstName | "there"}}, we have news for you. Reply STOP to opt out.',
    ),
    addTag('tag-sent', 'sent-message'),
  ]),
  customFields: [],
  variables: ['businessName'],
  reentry: { allowReentry: false },
};
