import type { TemplateName } from '../workflow.ts';
import { autoresponder } from './autoresponder.ts';
import { blank } from './blank.ts';
import { nps } from './nps.ts';
import { nurture } from './nurture.ts';
import { reviews } from './reviews.ts';
import { sendMessage } from './send-message.ts';
import type { Template } from './template.ts';

/** Everything that a workflow can be made from. */
export const templates: { readonly [Name in TemplateName]: Template } = {
  autoresponder,
  reviews,
  nps,
  nurture,
  'send-message': sendMessage,
  blank,
};
