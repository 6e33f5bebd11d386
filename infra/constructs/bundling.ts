import { join } from 'node:path';
import { execPath, platform } from 'node:process';
import { type BundlingOptions, Charset, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** One word of a command line. */
const quoted = (word: string) => (platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`);

/** How every function becomes one file; `npm run bench -- cold-start` measures what comes of it. */
export const bundling = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  // No source map: the outcomes of steps are thrown, and Node would read the map for the first of them, before a text
  // leaves. Nor names, which cost a tenth of the file (docs/decisions/0008): `npm run place` finds them again.
  sourceMap: false,
  keepNames: false,
  charset: Charset.UTF8,
  // The SDK as it was tested, not as the runtime happens to have it; but for what it imports when it is needed, which
  // here is never: a function's credentials come by its environment, and nothing we call streams events.
  bundleAwsSDK: true,
  externalModules: [
    '@aws-sdk/credential-provider-http',
    '@aws-sdk/credential-provider-ini',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-web-identity',
    '@smithy/core/event-streams',
    '@smithy/credential-provider-imds',
  ],
  // What is still CommonJS below asks for Node's modules by `require`.
  banner: "import { createRequire as requireAt } from 'node:module'; const require = requireAt(import.meta.url);",
  commandHooks: {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (_, folder) => [
      [execPath, join(import.meta.dirname, '../put-beside.ts'), join(folder, 'index.mjs')].map(quoted).join(' '),
    ],
  },
} as const satisfies BundlingOptions;
