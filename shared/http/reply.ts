/** An HTTP answer, however it leaves. */
export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The problem's code, for the log. */
  readonly code?: string;
}
