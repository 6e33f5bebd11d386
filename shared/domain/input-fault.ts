import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import type { Fault } from './problem.ts';

/** The words of all faults, those that filters tell of themselves included: zod/mini knows none by itself. */
z.config(en());

type Issue = z.core.$ZodIssue;

/** What zod found wrong with an input, as faults: one per unknown field, and for a union that of the closest reading. */
export const faultsOf = (issues: readonly Issue[], input: unknown, base: readonly PropertyKey[] = []): Fault[] =>
  issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    const fault = (code: string, detail: string, hint?: string): Fault => ({
      code,
      path: path.map((part) => (typeof part === 'number' ? part : String(part))),
      detail,
      ...(hint !== undefined && { hint }),
    });
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          code: 'UNKNOWN_FIELD',
          path: [...fault('', '').path, key],
          detail: 'is not a known field',
        }));
      case 'invalid_union':
        return unionFaults(issue, input, path) ?? [fault('INVALID_VALUE', issue.message)];
      case 'invalid_key':
      case 'invalid_element':
        return [fault('INVALID_VALUE', issue.issues.map(({ message }) => message).join('; '))];
      case 'invalid_type':
        return isMissing(input, path)
          ? [fault('REQUIRED', 'is missing', `expected: ${issue.expected}`)]
          : [fault('INVALID_TYPE', issue.message)];
      case 'invalid_value': {
        const hint = `one of ${issue.values.map(String).join(', ')}`;
        return isMissing(input, path)
          ? [fault('REQUIRED', 'is missing', hint)]
          : [fault('INVALID_VALUE', 'is none of the values allowed', hint)];
      }
      case 'too_big':
        return [fault('TOO_BIG', issue.message, `at most ${issue.maximum}`)];
      case 'too_small':
        return [fault('TOO_SMALL', issue.message, `at least ${issue.minimum}`)];
      case 'invalid_format':
        return [fault('INVALID_FORMAT', issue.message)];
      case 'custom':
        return [
          fault(typeof issue.params?.['code'] === 'string' ? issue.params['code'] : 'INVALID_VALUE', issue.message),
        ];
      default:
        return [fault('INVALID_VALUE', issue.message)];
    }
  });

/** The reading that got furthest; where all failed at the very value, what each would have wanted. */
function unionFaults(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  input: unknown,
  path: readonly PropertyKey[],
): Fault[] | undefined {
  const readings = issue.errors.map((issues) => faultsOf(issues, input, path));
  if (readings.length === 0) return undefined;
  const deeper = readings.filter((faults) => faults.some((fault) => fault.path.length > path.length));
  const closest = deeper.toSorted((one, other) => one.length - other.length).at(0);
  if (closest) return closest;
  const [first] = readings.flat();
  const wishes = new Set(
    readings.flat().map(({ detail, hint }) => (hint === undefined ? detail : `${detail} (${hint})`)),
  );
  return (
    first && [
      {
        code: first.code === 'REQUIRED' ? 'REQUIRED' : 'INVALID_VALUE',
        path: first.path,
        detail: [...wishes].join('; or '),
      },
    ]
  );
}

const isMissing = (input: unknown, path: readonly PropertyKey[]): boolean => valueAt(input, path) === undefined;

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined,
    input,
  );
}
