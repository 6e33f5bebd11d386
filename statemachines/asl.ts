/**
 * The part of Amazon States Language that compiled workflows use, all of it in JSONata.
 * Source: https://states-language.net and the AWS Step Functions Developer Guide.
 */

/** A JSONata expression, spelled `{% … %}`. */
export type Expression = `{% ${string} %}`;
export type Payload = string | number | boolean | null | readonly Payload[] | { readonly [name: string]: Payload };

export interface Definition {
  readonly Comment?: string;
  readonly QueryLanguage: 'JSONata';
  readonly StartAt: string;
  readonly States: { readonly [name: string]: State };
}

export type State = Task | Choice | Wait | Succeed;

export interface Task {
  readonly Type: 'Task';
  /** With `.waitForTaskToken` the state ends when its token is completed, not when the function returns. */
  readonly Resource: 'arn:aws:states:::lambda:invoke' | 'arn:aws:states:::lambda:invoke.waitForTaskToken';
  readonly Arguments: { readonly FunctionName: string; readonly Payload: Payload };
  /** From each attempt's start. */
  readonly TimeoutSeconds: number | Expression;
  readonly Retry: readonly Retrier[];
  readonly Catch: readonly Catcher[];
  readonly Output: Payload;
  readonly Next?: string;
  readonly End?: true;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: Payload;
}

export interface Choice {
  readonly Type: 'Choice';
  readonly Choices: readonly { readonly Condition: Expression; readonly Next: string }[];
  readonly Default?: string;
}

export interface Wait {
  readonly Type: 'Wait';
  /** An instant; AWS cuts it to whole seconds. */
  readonly Timestamp: Expression;
  readonly Output?: Payload;
  readonly Next: string;
}

export interface Succeed {
  readonly Type: 'Succeed';
}
