import type { ContactId } from '../domain/id.ts';
import { epoch, instant } from '../domain/instant.ts';
import { type Outcome, ok, refuse } from '../domain/problem.ts';
import type { Ports } from '../ports.ts';
import { notErased, wasErased } from '../store/contact-store.ts';
import { answersAbout, getRequest, REMEMBERED_MS, type RememberedRequest, requests } from '../store/request-store.ts';
import { commit, contend, edit, fresh, put, type Stored } from '../store/stored.ts';

/** Longer than any request takes: API Gateway gives up after 30 s. Whoever crashed holds its key no longer. */
const LEASE_MS = 60_000;
/** An item holds 400 KB; beyond this the effect's own repeatability has to do. */
const LARGEST_ANSWER_CHARACTERS = 100_000;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whom the body tells of: it goes when the contact goes. */
  readonly about?: ContactId;
}

interface Once<A> {
  readonly key: string;
  /** Equal for equal requests. */
  readonly fingerprint: string;
  /** `seed` and `at` are the same whenever this request is repeated, so that an effect can know itself again. */
  readonly perform: (effect: { readonly seed: string; readonly at: number }) => Promise<A>;
}

/**
 * Has a request's effect once under its key: the first answer is remembered for a day and given again. What fails on
 * our side (5xx, or thrown) is not remembered, but its `at` is: a repetition goes on with the same effect.
 */
export const answerOnce =
  ({ table, clock, log }: Pick<Ports, 'table' | 'clock' | 'log'>) =>
  async <A extends Answer>({ key, fingerprint, perform }: Once<A>): Promise<Outcome<A | Answer>> => {
    const taken = await contend('a request with an idempotency key', async (): Promise<Outcome<Taken> | undefined> => {
      const now = clock.now();
      const known = await getRequest(table, key);
      const live = known && now < epoch(known.value.at) + REMEMBERED_MS ? known.value : undefined;
      if (live && live.fingerprint !== fingerprint) {
        return refuse(
          'IDEMPOTENCY_KEY_REUSED',
          'The key was used for another request. Take a new key for each effect.',
        );
      }
      if (live?.erasedAt !== undefined) {
        return refuse(
          'IDEMPOTENCY_ANSWER_ERASED',
          'The request was done. The contact that its answer told of has been erased since.',
        );
      }
      if (live?.answer) return ok({ answer: live.answer });
      if (live && now < epoch(live.heldUntil)) {
        return refuse(
          'IDEMPOTENCY_KEY_IN_USE',
          'The first request with this key is not done yet. Repeat it in a few seconds.',
        );
      }
      const value: RememberedRequest = {
        key,
        fingerprint,
        at: live?.at ?? instant(now),
        heldUntil: instant(now + LEASE_MS),
      };
      const written = await commit(table, put(requests, known ? edit(known, value) : fresh(value)));
      return written ? ok({ held: { rev: (known?.rev ?? 0) + 1, value } }) : undefined;
    });
    if ('problem' in taken) return taken;
    if ('answer' in taken.ok) {
      const { status, headers, body } = taken.ok.answer;
      return ok({
        status,
        headers: { ...headers, 'idempotency-replayed': 'true' },
        ...(body !== undefined && { body }),
      });
    }

    const { held } = taken.ok;
    let answer: A | undefined;
    try {
      answer = await perform({ seed: key, at: epoch(held.value.at) });
      return ok(answer);
    } finally {
      await settle(held, answer);
    }

    /** Lost: the lease ran out and a repetition has taken over; what it answers is what will be remembered. */
    async function settle({ rev, value }: Stored<RememberedRequest>, given: A | undefined): Promise<void> {
      const isLasting =
        given !== undefined && given.status < 500 && (given.body?.length ?? 0) <= LARGEST_ANSWER_CHARACTERS;
      const settled: RememberedRequest = isLasting
        ? {
            ...value,
            answer: {
              status: given.status,
              headers: { ...given.headers },
              ...(given.body !== undefined && { body: given.body }),
            },
          }
        : { ...value, heldUntil: value.at };
      const about = isLasting ? given.about : undefined;
      try {
        if (about === undefined) await commit(table, put(requests, { rev, value: settled }));
        else await settleAbout(about, { rev, value: settled });
      } catch (error) {
        // The effect was had: that its answer is not remembered must not hide it.
        log.error('REQUEST_NOT_REMEMBERED', { error: error instanceof Error ? error.name : 'Error' });
      }
    }

    /** Where the contact can find it when it is erased; or without the answer, where it was erased while this went on. */
    async function settleAbout(contactId: ContactId, settled: Stored<RememberedRequest>): Promise<void> {
      const { answer: _, ...done } = settled.value;
      const pointer = { contactId, request: key, at: done.at };
      const written = await commit(
        table,
        put(requests, settled),
        put(answersAbout, fresh(pointer)),
        notErased(contactId),
      );
      if (written || !(await wasErased(table, contactId))) return;
      await commit(table, put(requests, edit(settled, { ...done, erasedAt: instant(clock.now()) })));
    }
  };

type Taken = { readonly answer: Answer } | { readonly held: Stored<RememberedRequest> };
