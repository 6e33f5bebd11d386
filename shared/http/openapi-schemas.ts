import * as z from 'zod/mini';
import type { Route } from './route.ts';

type Json = z.core.JSONSchema.BaseSchema;
export type Side = 'input' | 'output';

/** The schemas of all routes as JSON Schema: each where it is used, and those with a name of their own as components. */
export interface Schemas {
  readonly components: Readonly<Record<string, Json>>;
  /** What a route gives back. */
  readonly answer: (route: Route) => Json | undefined;
  /** What it takes: its path, its query, its body. */
  readonly part: (
    route: Route,
    part: keyof Route['input'],
  ) => { readonly schema: Json; readonly required: boolean } | undefined;
}

const nameOf = ({ method, path }: Route, part: string) => `${method} ${path} ${part}`;

/**
 * A schema with defaults and conversions is one thing to who sends and another to who receives. Where the two differ,
 * what is sent is called `…Input`.
 */
export function schemasOf(routes: readonly Route[], named: Readonly<Record<string, z.ZodMiniType>>): Schemas {
  const answers = routes.flatMap((route) => (route.answer ? [[nameOf(route, 'answer'), route.answer] as const] : []));
  const inputs = routes.flatMap((route) =>
    Object.entries(route.input).map(([part, schema]) => [nameOf(route, part), schema] as const),
  );
  const output = rendered({ ...named, ...Object.fromEntries(answers) }, 'output');
  const input = rendered(Object.fromEntries(inputs), 'input');
  const differing = differ(input.definitions, output.definitions);
  const inputName = (name: string) => (differing.has(name) ? `${name}Input` : name);

  const components = {
    ...mapKeys(input.definitions, inputName, (schema) => pointed(schema, inputName)),
    ...mapKeys(output.definitions, same, (schema) => pointed(schema, same)),
  };
  return {
    components: Object.fromEntries(Object.entries(components).sort(([one], [other]) => (one < other ? -1 : 1))),
    answer: (route) => {
      const schema = output.schemas.get(nameOf(route, 'answer'));
      return schema && pointed(schema, same);
    },
    part: (route, part) => {
      const name = nameOf(route, part);
      const schema = input.schemas.get(name);
      return schema && { schema: pointed(schema, inputName), required: input.required.has(name) };
    },
  };
}

const same = (name: string) => name;

/** All at once, so that what several of them use is defined once. */
function rendered(schemas: Readonly<Record<string, z.ZodMiniType>>, io: Side) {
  const all = z.toJSONSchema(z.object(schemas), {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => tidy(jsonSchema, io),
  });
  const definitions = all.$defs ?? {};
  for (const name of Object.keys(definitions)) {
    if (name.startsWith('__')) throw new Error('a schema that contains itself needs a name: .meta({ id })');
  }
  const properties = Object.entries(all.properties ?? {});
  return {
    definitions,
    schemas: new Map(
      properties.flatMap(([name, schema]) => (typeof schema === 'object' ? [[name, schema] as const] : [])),
    ),
    required: new Set(all.required),
  };
}

const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';

/** What zod knows and nobody wants to read, or to be held to. */
function tidy(schema: Json, io: Side): void {
  // The format says it; the pattern is a line long.
  if (schema.format !== undefined) omit(schema, 'pattern');
  // What few who make clients, or values to try, can read; no JSON in UTF-8 has the surrogates.
  if (schema.pattern !== undefined) schema.pattern = schema.pattern.replace('\\p{Cc}\\p{Cs}', CONTROLS);
  if (schema.minimum === Number.MIN_SAFE_INTEGER) omit(schema, 'minimum');
  if (schema.maximum === Number.MAX_SAFE_INTEGER) omit(schema, 'maximum');
  // Answers may come to hold more.
  if (io === 'output' && schema.additionalProperties === false) omit(schema, 'additionalProperties');
  omit(schema, 'id');
}

const omit = (schema: Json, name: string): void => {
  Reflect.deleteProperty(schema, name);
};

type Definitions = Readonly<Record<string, Json>>;

/** The names that mean something else on the one side than on the other, by themselves or by what they refer to. */
function differ(input: Definitions, output: Definitions): ReadonlySet<string> {
  const differing = new Set(
    Object.keys(input).filter((name) => name in output && JSON.stringify(input[name]) !== JSON.stringify(output[name])),
  );
  for (let known = -1; known !== differing.size; ) {
    known = differing.size;
    for (const [name, schema] of Object.entries(input)) {
      const text = JSON.stringify(schema);
      if ([...differing].some((other) => text.includes(`"#/$defs/${other}"`))) differing.add(name);
    }
  }
  return differing;
}

const mapKeys = (definitions: Definitions, name: (old: string) => string, map: (schema: Json) => Json): Definitions =>
  Object.fromEntries(Object.entries(definitions).map(([old, schema]) => [name(old), map(schema)]));

const DEFINED = '#/$defs/';

const Schema = z.custom<Json>((value) => typeof value === 'object' && value !== null);

/** The same, with its references into the document's components. */
function pointed(schema: Json, name: (old: string) => string): Json {
  const moved: unknown = JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' && value.startsWith(DEFINED)
      ? `#/components/schemas/${name(value.slice(DEFINED.length))}`
      : value,
  );
  return Schema.parse(moved);
}
