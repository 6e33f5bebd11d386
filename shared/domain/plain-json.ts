import { isPlainName } from './contact.ts';

/** Refuses what the table would not give back as it was. A field that is undefined counts as absent. */
export function checkPlainJson(value: unknown): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (const element of value) checkPlainJson(element);
  } else if (isPlainObject(value)) {
    for (const [name, inner] of Object.entries(value)) {
      if (!isPlainName(name)) throw new TypeError(`"${name}" is a reserved name`);
      if (inner !== undefined) checkPlainJson(inner);
    }
  } else throw new TypeError('data is plain JSON');
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
