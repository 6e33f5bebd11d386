import { type Contact, MOST_TAGS } from '../domain/contact.ts';
import { ContactId, seededUlid } from '../domain/id.ts';
import type { ImportRow } from '../domain/import-row.ts';
import { epoch } from '../domain/instant.ts';
import type { Phone } from '../domain/phone.ts';
import { isSameJson } from '../domain/plain-json.ts';
import type { Fault } from '../domain/problem.ts';
import type { RowResult, RunningImport } from '../domain/transfer.ts';
import type { Ports, Write } from '../ports.ts';
import { contacts, phoneOwners } from '../store/contact-store.ts';
import { keys } from '../store/keys.ts';
import { contend, edit, fresh, put, read, type Stored } from '../store/stored.ts';
import {
  type ConsentSaid,
  contactAfter,
  type FieldTypes,
  futureFaults,
  NOTHING_KNOWN,
  phoneIn,
  profileOf,
} from './contact-input.ts';
import { newContact, putContact } from './create-contact.ts';
import { editedContact, OPTED_OUT } from './edit-contact.ts';
import { registerTags } from './register-tags.ts';
import { suppressedConsents } from './suppression.ts';

/** What all rows of a page are read by. */
export interface Rules {
  readonly defaultCountry: string;
  readonly types: FieldTypes;
}

/** A row as the file has it: read, or not readable. */
export interface FileRow {
  readonly number: number;
  readonly said: { readonly row: ImportRow } | { readonly faults: readonly Fault[] };
}

interface Candidate {
  readonly number: number;
  readonly phone: Phone;
  readonly row: ImportRow;
}

type Known =
  | { readonly contact: Stored<Contact> }
  | { readonly suppressed: Contact['consent'] | undefined; readonly wasErased: boolean };

interface Decided {
  readonly result: RowResult;
  readonly writes: readonly Write[];
  /** Whose number the carrier is to be told of. */
  readonly optedOut: boolean;
}

/** Of a write: parts, and characters, of which each may take three of its 4 MB. */
const MOST_WRITES = 100;
const MOST_CHARACTERS = 1_300_000;
const PARALLEL = 4;
const MOST_FAULTS = 5;
const LONGEST_DETAIL = 120;

/**
 * Takes a page of rows, each as an upsert by phone: many contacts to a write, and one by one where somebody else wrote in
 * between. Taken twice it changes nothing more: a contact's id is made of its row, which knows it again as its own.
 */
export const importPage = (ports: Pick<Ports, 'table' | 'clock' | 'ids' | 'sms'>) => {
  const { table, clock, sms } = ports;
  const register = registerTags(ports);
  const registered = new Set<string>();

  return async (asked: RunningImport, rows: readonly FileRow[], rules: Rules): Promise<readonly RowResult[]> => {
    const results = new Map<number, RowResult>();
    const candidates: Candidate[] = [];
    for (const { number, said } of rows) {
      const phone = 'row' in said ? phoneIn(said.row.phone, rules.defaultCountry) : said;
      if ('row' in said && 'value' in phone) candidates.push({ number, phone: phone.value, row: said.row });
      else results.set(number, refused(number, 'faults' in phone ? phone.faults : []));
    }
    for (const wave of wavesOf(candidates)) {
      for (const { result } of await takeAll(asked, wave, rules)) results.set(result.row, result);
    }
    const taken = candidates.filter(({ number }) => results.get(number)?.outcome !== 'REFUSED');
    const tags = new Set(taken.length > 0 ? asked.terms.tags : []);
    for (const { row } of taken) for (const tag of row.profile.tags) tags.add(tag);
    await register([...tags].filter((tag) => !registered.has(tag)));
    for (const tag of tags) registered.add(tag);
    return rows.flatMap(({ number }) => results.get(number) ?? []);
  };

  async function takeAll(asked: RunningImport, wave: readonly Candidate[], rules: Rules): Promise<readonly Decided[]> {
    const known = await knownBy(asked, wave);
    const decided = wave.map((candidate) => ({ candidate, first: decide(asked, candidate, known, rules) }));
    const done: Decided[] = decided.flatMap(({ first }) => (first.writes.length === 0 ? [first] : []));
    const batches = batchesOf(decided.filter(({ first }) => first.writes.length > 0));
    for (let at = 0; at < batches.length; at += PARALLEL) {
      const written = await Promise.all(
        batches.slice(at, at + PARALLEL).map(async (batch) => {
          const { committed } = await table.write(batch.flatMap(({ first }) => first.writes));
          return committed ? batch.map(({ first }) => first) : oneByOne(batch.map(({ candidate }) => candidate));
        }),
      );
      done.push(...written.flat());
    }
    const phones = new Map(wave.map(({ number, phone }) => [number, phone]));
    for (const { result, optedOut } of done) {
      const phone = phones.get(result.row);
      if (optedOut && phone !== undefined) await sms.blockNumber(phone);
    }
    return done;

    async function oneByOne(lost: readonly Candidate[]): Promise<readonly Decided[]> {
      const alone: Decided[] = [];
      for (const candidate of lost) {
        alone.push(
          await contend(`row ${candidate.number} of ${asked.id}`, async () => {
            const again = decide(asked, candidate, await knownBy(asked, [candidate]), rules);
            if (again.writes.length === 0) return again;
            return (await table.write(again.writes)).committed ? again : undefined;
          }),
        );
      }
      return alone;
    }
  }

  /** Numbers before what is left of them: who is erased in between is in either. */
  async function knownBy(asked: RunningImport, rows: readonly Candidate[]): Promise<ReadonlyMap<Phone, Known>> {
    const phones = rows.map(({ phone }) => phone);
    const owners = await table.getMany(phones.map((phone) => keys.phone(phone)));
    const owned = phones.flatMap((phone, at) => {
      const item = owners[at];
      return item ? [{ phone, id: read(phoneOwners, item).value.contactId }] : [];
    });
    const items = await table.getMany(owned.map(({ id }) => keys.contact(id)));
    const known = new Map<Phone, Known>();
    owned.forEach(({ phone }, at) => {
      const item = items[at];
      if (item) known.set(phone, { contact: read(contacts, item) });
    });
    const others = rows.filter(({ phone }) => !known.has(phone));
    const [suppressed, erased] = await Promise.all([
      suppressedConsents(
        ports,
        others.map(({ phone }) => phone),
      ),
      table.getMany(others.map(({ number }) => keys.erased(ownId(asked, number)))),
    ]);
    others.forEach(({ phone }, at) => {
      known.set(phone, { suppressed: suppressed.get(phone), wasErased: erased[at] !== undefined });
    });
    return known;
  }

  function decide(
    asked: RunningImport,
    { number, phone, row }: Candidate,
    all: ReadonlyMap<Phone, Known>,
    { types }: Rules,
  ): Decided {
    const known = all.get(phone) ?? { suppressed: undefined, wasErased: false };
    const now = clock.now();
    const stored = 'contact' in known ? known.contact : undefined;
    const before = stored
      ? { profile: profileOf(stored.value), consent: stored.value.consent }
      : { ...NOTHING_KNOWN, ...('suppressed' in known && known.suppressed && { consent: known.suppressed }) };
    const tags = [...new Set([...before.profile.tags, ...asked.terms.tags, ...row.profile.tags])];
    const consent = consentOf(asked, row);
    const optIn = {
      source: row.optIn.source ?? asked.terms.optIn.source,
      at: row.optIn.at ?? asked.terms.optIn.at ?? asked.startedAt,
    };
    const after =
      tags.length > MOST_TAGS
        ? { faults: [TOO_MANY_TAGS] }
        : contactAfter(before, { profile: { ...row.profile, tags }, consent }, { types, now });
    const faults = [...('faults' in after ? after.faults : []), ...futureFaults(row.optIn.at, ['optIn', 'at'], now)];
    // This very row has made a contact before, and somebody has erased it since.
    if ('wasErased' in known && known.wasErased) faults.push(ERASED);
    if ('faults' in after || faults.length > 0) return { result: refused(number, faults), writes: [], optedOut: false };

    const next = { profile: after.value.profile, consent: after.value.consent ?? before.consent };
    const notices = after.value.consent ? {} : { faults: [told(OPTED_OUT)] };
    const own = ownId(asked, number);
    const value = stored
      ? editedContact(stored.value, next, now)
      : newContact({ clock, ids: { next: () => own.slice(3) } }, { phone, ...optIn, ...next });
    const isChanged = !isSameJson(before, next);
    const isOwn = value.id === own;
    return {
      result: {
        row: number,
        outcome: isOwn ? 'CREATED' : isChanged ? 'UPDATED' : 'UNCHANGED',
        contactId: value.id,
        ...notices,
      },
      writes: !stored ? putContact(fresh(value)) : isChanged ? [put(contacts, edit(stored, value))] : [],
      optedOut: consent?.status === 'optedOut' || (!stored && next.consent.status === 'optedOut'),
    };
  }
};

/** Of the contact that a row makes: taken again, the row knows it as its own. */
const ownId = ({ id, startedAt }: RunningImport, row: number): ContactId =>
  ContactId.parse(`ct_${seededUlid(epoch(startedAt), `${id}/${row}`)}`);

const ERASED: Fault = { code: 'CONTACT_ERASED', path: [], detail: 'has made a contact that was erased since' };
const TOO_MANY_TAGS: Fault = { code: 'TOO_BIG', path: ['tags'], detail: `would be more than ${MOST_TAGS}` };

/** What the row says of consent, or else what the import was started with. */
function consentOf({ terms, startedAt }: RunningImport, { consent }: ImportRow): ConsentSaid | undefined {
  const status = consent.status ?? terms.consent;
  if (status === 'unknown') return undefined;
  return {
    status,
    source: consent.source ?? 'import',
    at: consent.at ?? (status === 'optedIn' ? terms.optIn.at : undefined) ?? startedAt,
    evidence: consent.evidence ?? (status === 'optedIn' ? terms.optIn.evidence : undefined),
  };
}

/** Of one number there is one row in each, in the order of the file: a later row meets what an earlier one has made. */
function wavesOf(candidates: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const waves: Candidate[][] = [];
  const times = new Map<Phone, number>();
  for (const candidate of candidates) {
    const nth = times.get(candidate.phone) ?? 0;
    times.set(candidate.phone, nth + 1);
    const wave = waves[nth];
    if (wave) wave.push(candidate);
    else waves.push([candidate]);
  }
  return waves;
}

function batchesOf<T extends { readonly first: Decided }>(decided: readonly T[]): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let writes = MOST_WRITES;
  let characters = 0;
  for (const each of decided) {
    const size = JSON.stringify(each.first.writes).length;
    const last = batches.at(-1);
    writes += each.first.writes.length;
    characters += size;
    if (last && writes <= MOST_WRITES && characters <= MOST_CHARACTERS) last.push(each);
    else {
      batches.push([each]);
      writes = each.first.writes.length;
      characters = size;
    }
  }
  return batches;
}

export const refused = (row: number, faults: readonly Fault[]): RowResult => ({
  row,
  outcome: 'REFUSED',
  faults: faults.slice(0, MOST_FAULTS).map(told),
});

const told = ({ code, path, detail }: Fault) => ({ code, path: [...path], detail: detail.slice(0, LONGEST_DETAIL) });
