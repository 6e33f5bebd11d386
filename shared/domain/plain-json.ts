/** Names that every object bears by itself would be found in any record. */
export const isPlainName = (name: string): boolean => !(name in {});

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

/** Whether two values are the same JSON, in whatever order their fields are. A field that is undefined counts as absent. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((element, at) => isSameJson(element, other[at]))
    );
  }
  const left = new Map<string, unknown>(present(one));
  const right = present(other);
  return (
    left.size === right.length && right.every(([name, value]) => left.has(name) && isSameJson(left.get(name), value))
  );
}

const present = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, inner]) => inner !== undefined);
