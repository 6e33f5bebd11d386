import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Subject } from '../domain/filter-subject.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;
const NONE: Attributes = {};
const CONSENT = { optedIn: 'optedIn', optedOut: 'optedOut', unknown: 'unknown' } as const;
const isStatus = (text: string): text is keyof typeof CONSENT => Object.hasOwn(CONSENT, text);

const text = (value: AttributeValue | undefined) => value?.S;
const number = (value: AttributeValue | undefined) => (value?.N === undefined ? undefined : Number(value.N));
const map = (value: AttributeValue | undefined): Attributes => value?.M ?? NONE;

// Plain loops: they are run for every contact there is.
function textsOf(value: AttributeValue | undefined): readonly string[] {
  const texts: string[] = [];
  for (const { S } of value?.L ?? []) if (S !== undefined) texts.push(S);
  return texts;
}
type Fields = Record<string, string | number | boolean>;
function fieldsOf(attributes: Attributes): Fields {
  const fields: Fields = {};
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    const read = value?.S ?? value?.BOOL ?? number(value);
    if (read !== undefined) fields[name] = read;
  }
  return fields;
}

/**
 * A contact as a filter looks at it, over its item as DynamoDB gives it: what no claim asks for is never read. A class,
 * since getters on a prototype cost an object nothing. The contact was parsed before it was stored, and whoever goes on
 * with one parses it; here a value of another kind than is due counts as unknown.
 */
export class StoredContact implements Subject {
  readonly #data: Attributes;
  /** What several claims may ask for. */
  #tags: readonly string[] | undefined;
  #fields: Fields | undefined;
  constructor(item: Attributes) {
    this.#data = map(item['data']);
  }
  get firstName() {
    return text(this.#data['firstName']);
  }
  get lastName() {
    return text(this.#data['lastName']);
  }
  get email() {
    return text(this.#data['email']);
  }
  get company() {
    return text(this.#data['company']);
  }
  get language() {
    return text(this.#data['language']);
  }
  get timeZone() {
    return text(this.#data['timeZone']);
  }
  get birthday() {
    return text(this.#data['birthday']);
  }
  get phone() {
    return text(this.#data['phone']) ?? '';
  }
  get createdAt() {
    return text(this.#data['createdAt']) ?? '';
  }
  get tags() {
    this.#tags ??= textsOf(this.#data['tags']);
    return this.#tags;
  }
  get fields() {
    this.#fields ??= fieldsOf(map(this.#data['fields']));
    return this.#fields;
  }
  get address() {
    return new StoredAddress(map(this.#data['address']));
  }
  get derived() {
    return new StoredAddress(map(this.#data['derived']));
  }
  get optIn() {
    const optIn = map(this.#data['optIn']);
    return { source: text(optIn['source']) ?? '', at: text(optIn['at']) ?? '' };
  }
  get consent() {
    const consent = map(this.#data['consent']);
    const status = text(consent['status']) ?? '';
    return { status: isStatus(status) ? status : ('unknown' as const), at: text(consent['at']) };
  }
  get activity() {
    return new StoredActivity(map(this.#data['activity']));
  }
}

class StoredAddress {
  readonly #data: Attributes;
  constructor(data: Attributes) {
    this.#data = data;
  }
  get country() {
    return text(this.#data['country']);
  }
  get state() {
    return text(this.#data['state']);
  }
  get city() {
    return text(this.#data['city']);
  }
  get postalCode() {
    return text(this.#data['postalCode']);
  }
  get coordinates() {
    const { latitude, longitude } = map(this.#data['coordinates']);
    const [lat, long] = [number(latitude), number(longitude)];
    return lat === undefined || long === undefined ? undefined : { latitude: lat, longitude: long };
  }
}

class StoredActivity {
  readonly #data: Attributes;
  constructor(data: Attributes) {
    this.#data = data;
  }
  get lastMessageSentAt() {
    return text(this.#data['lastMessageSentAt']);
  }
  get lastMessageReceivedAt() {
    return text(this.#data['lastMessageReceivedAt']);
  }
  get lastContactedAt() {
    return text(this.#data['lastContactedAt']);
  }
  get lastCallAt() {
    return text(this.#data['lastCallAt']);
  }
}
