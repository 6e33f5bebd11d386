import { RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type CfnOptOutList, CfnPhoneNumber } from 'aws-cdk-lib/aws-smsvoice';
import { AwsCustomResource, type AwsSdkCall, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import type { CarrierTopic } from './carrier-topic.ts';
import { allow } from './permission.ts';
import { smsVoice, writeLog } from './permissions.ts';

interface OriginationProps {
  readonly settings: Settings;
  readonly topic: CarrierTopic;
  readonly optOutList: CfnOptOutList;
  readonly retention: RetentionDays;
}

const SERVICE = 'pinpoint-sms-voice-v2';

/**
 * What texts leave from. A number takes weeks and a registration to get, so it is found, not made, and then told where
 * inbound texts go and that STOP is ours to handle. With neither number nor pool an operator does that by hand.
 */
export class Origination extends Construct {
  constructor(scope: Construct, id: string, { settings, topic, optOutList, retention }: OriginationProps) {
    super(scope, id);
    const { phoneNumberId, poolId, simulator } = settings;
    if (simulator) new SimulatorNumber(this, 'Simulator', { topic, optOutList });
    const existing =
      phoneNumberId !== undefined
        ? {
            action: 'UpdatePhoneNumber',
            parameters: { PhoneNumberId: phoneNumberId },
            resource: `phone-number/${phoneNumberId}`,
          }
        : poolId !== undefined
          ? { action: 'UpdatePool', parameters: { PoolId: poolId }, resource: `pool/${poolId}` }
          : undefined;
    if (!existing) return;

    const { action, parameters, resource } = existing;
    const call = (asked: Readonly<Record<string, unknown>>): AwsSdkCall => ({
      service: SERVICE,
      action,
      parameters: { ...parameters, ...asked },
      physicalResourceId: PhysicalResourceId.of(resource),
      outputPaths: [],
    });
    const ours = call({
      TwoWayEnabled: true,
      TwoWayChannelArn: topic.topicArn,
      SelfManagedOptOutsEnabled: true,
      OptOutListName: optOutList.ref,
    });
    const logGroup = new LogGroup(this, 'Log', { retention, removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    allow(role, writeLog(logGroup));
    allow(role, {
      name: 'SetUpNumber',
      actions: [`sms-voice:${action}`],
      resources: [smsVoice(resource), optOutList.attrArn],
    });
    const custom = new AwsCustomResource(this, 'Number', {
      resourceType: 'Custom::Origination',
      onCreate: ours,
      onUpdate: ours,
      // Once we are gone AWS has to answer STOP again. The list stays: who is on it has opted out.
      onDelete: call({ TwoWayEnabled: false, SelfManagedOptOutsEnabled: false }),
      installLatestAwsSdk: false,
      logGroup,
      role,
    });
    // The topic has to let End User Messaging in before it is named.
    custom.node.addDependency(topic);
  }
}

/** Sends to simulated phones only, in the United States, and costs next to nothing. */
class SimulatorNumber extends CfnPhoneNumber {
  constructor(scope: Construct, id: string, { topic, optOutList }: Pick<OriginationProps, 'topic' | 'optOutList'>) {
    super(scope, id, {
      isoCountryCode: 'US',
      numberType: 'SIMULATOR',
      numberCapabilities: ['SMS'],
      selfManagedOptOutsEnabled: true,
      optOutListName: optOutList.ref,
      twoWay: { enabled: true, channelArn: topic.topicArn },
      // Asked for by CloudFormation, and never sent: STOP and HELP come to us.
      mandatoryKeywords: { stop: { message: 'You are opted out.' }, help: { message: 'Reply STOP to opt out.' } },
    });
    this.node.addDependency(topic);
  }
}
