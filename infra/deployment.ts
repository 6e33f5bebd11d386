import { type App, PermissionsBoundary, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { DataStack } from './data-stack.ts';
import { namesOf } from './names.ts';
import { ServiceStack } from './service-stack.ts';
import { readSettings } from './settings.ts';

/**
 * One deployment: what must survive, and what can be made anew. Both stacks know neither account nor Region, so they
 * synthesize anywhere, and go where the credentials of `cdk deploy` lead. Every synthesis is checked; one that breaks
 * a rule without a reason does not come out.
 */
export function deployment(app: App): { readonly data: DataStack; readonly service: ServiceStack } {
  const settings = readSettings(app);
  const names = namesOf(settings.stage);
  const { permissionsBoundary } = settings;
  const props =
    permissionsBoundary === undefined ? {} : { permissionsBoundary: PermissionsBoundary.fromName(permissionsBoundary) };

  const data = new DataStack(app, 'Data', {
    ...props,
    stackName: names.stack('data'),
    description: 'sms-workflows: the table, the list of opted-out numbers and the bucket for files',
    terminationProtection: true,
    corsOrigins: settings.corsOrigins,
  });
  const service = new ServiceStack(app, 'Service', {
    ...props,
    stackName: names.stack('service'),
    description: 'sms-workflows: functions, queues, API and alarms',
    settings,
    names,
    data,
  });
  Tags.of(app).add('application', 'sms-workflows');
  Tags.of(app).add('stage', settings.stage);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { data, service };
}
