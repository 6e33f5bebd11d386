import type { ContactId } from '../domain/id.ts';

/** An HTTP answer, however it leaves. */
export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The problem's code, for the log. */
  readonly code?: string;
  /** Whom the body tells of: what is remembered of it goes when the contact goes. */
  readonly about?: ContactId;
}
