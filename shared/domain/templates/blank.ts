import { draftOf, type Template } from './template.ts';

/** Publishable once it has a step and says whom it is for. */
export const blank: Template = {
  title: 'Blank',
  description: 'An empty workflow: you choose who enters it and what happens.',
  draft: draftOf({ all: [] }, []),
  customFields: [],
  variables: [],
  reentry: { allowReentry: false },
};
