import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { deployment } from '../../infra/deployment.ts';

const root = join(import.meta.dirname, '../..');
const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };

/** Parts of a template; of any shape. */
export type Properties = ReturnType<Template['toJSON']>;

export interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
  readonly [attribute: string]: unknown;
}

export interface Acknowledged {
  readonly at: string;
  readonly rule: string;
  readonly reason: string;
}

/** The two stacks of a deployment, as CloudFormation would get them; code is not bundled. */
export function synthesized(settings: Record<string, unknown> = {}) {
  const app = new App({
    // The rules that come with CDK are for `cdk synth`, in deployable/: they take as long as all the rest.
    context: {
      ...context,
      '@aws-cdk/core:validateAgainstDefaultRules': false,
      'aws:cdk:bundling-stacks': [],
      ...settings,
    },
    outdir: mkdtempSync(join(tmpdir(), 'cdk-out-')),
    analyticsReporting: false,
  });
  const { data, service } = deployment(app);
  const resourcesOf = (stack: Stack) => Template.fromStack(stack).toJSON()['Resources'] as Record<string, Resource>;
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return {
    data: { template: Template.fromStack(data), resources: resourcesOf(data) },
    service: { template: Template.fromStack(service), resources: resourcesOf(service) },
    violations: violations.map(({ ruleName, violatingResources }) => ({
      rule: ruleName,
      at: violatingResources.map(({ constructPath }) => constructPath),
    })),
    acknowledged: acknowledgedIn(app),
  };
}

function acknowledgedIn({ node }: IConstruct): readonly Acknowledged[] {
  return node.findAll().flatMap(({ node: { path, metadata } }) =>
    metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) =>
        Object.entries(data as Record<string, string>).map(([rule, reason]) => ({
          at: path,
          rule: rule.replace(/^Annotation::/, ''),
          reason,
        })),
      ),
  );
}

/** Of one type, by logical id. */
export const ofType = (resources: Record<string, Resource>, type: string): Record<string, Properties> =>
  Object.fromEntries(
    Object.entries(resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => [id, Properties]),
  );

/** A value of a template as one text: what CloudFormation fills in stands in angle brackets. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[kind, of] = ['', undefined]] = Object.entries(value);
  if (kind === 'Ref') return `<${of}>`;
  if (kind === 'Fn::GetAtt') return `<${(of as string[]).join('.')}>`;
  if (kind === 'Fn::ImportValue') return `<${text(of)}>`;
  if (kind === 'Fn::Join') return (of as [string, unknown[]])[1].map(text).join((of as [string])[0]);
  return JSON.stringify(value);
}

export interface Statement {
  /** The logical id of the policy. */
  readonly policy: string;
  readonly name: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

const listOf = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** Every statement of every policy: of roles, and of what they are let into. */
export const statementsOf = (resources: Record<string, Resource>): readonly Statement[] =>
  Object.entries(resources).flatMap(([policy, { Properties = {} }]) => {
    const inline = listOf(Properties['Policies']).map(({ PolicyDocument }: Properties) => PolicyDocument);
    const document = typeof Properties['PolicyDocument'] === 'string' ? undefined : Properties['PolicyDocument'];
    const { ResourcePolicy, AssumeRolePolicyDocument } = Properties;
    return [document, ResourcePolicy, AssumeRolePolicyDocument, ...inline].filter(Boolean).flatMap((one) =>
      listOf<Properties>(one.Statement).map(({ Sid = '', Effect, Action, Resource: on }) => ({
        policy,
        name: Sid,
        effect: Effect,
        actions: listOf<string>(Action),
        resources: listOf<unknown>(on).map(text),
      })),
    );
  });
