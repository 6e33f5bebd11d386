import type { Consent } from '../domain/contact.ts';
import type { MessageId } from '../domain/id.ts';
import type { Instant } from '../domain/instant.ts';

/** The carrier knows of an opt-out that has not come to us: it refused this text for it. */
export const optedOutAtCarrier = (evidence: MessageId, at: Instant): Consent => ({ status: 'optedOut', source: 'carrier', at, evidence });
