import { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { describe, expect, it } from 'vitest';
import { endUserMessaging, SMS_CLIENT } from '../../shared/aws/sms.ts';
import { fault, type Reply, wire } from './wire.ts';

function carrier(answer: Reply | 'hang-up' | 'time-out') {
  const { config, sent } = wire(() => answer);
  const sms = endUserMessaging(new PinpointSMSVoiceV2Client({ ...config, ...SMS_CLIENT }), {
    configurationSet: 'texts',
    optOutList: 'stopped',
  });
  return { sms, sent };
}
const text = { from: '+12025550100', to: '+12025550111', body: 'Hi', messageId: 'msg_1' };
const accepted: Reply = { status: 200, body: { MessageId: 'aws-1' } };

describe('a text', () => {
  it('goes out as SendTextMessage with our id as its context', async () => {
    const { sms, sent } = carrier(accepted);
    expect(await sms.send(text)).toEqual({ outcome: 'accepted', providerId: 'aws-1' });
    expect(sent).toEqual([
      {
        method: 'POST',
        host: 'sms-voice.eu-central-1.amazonaws.com',
        path: '/',
        target: 'PinpointSMSVoiceV2.SendTextMessage',
        body: {
          DestinationPhoneNumber: '+12025550111',
          OriginationIdentity: '+12025550100',
          MessageBody: 'Hi',
          ConfigurationSetName: 'texts',
          Context: { messageId: 'msg_1' },
        },
      },
    ]);
  });

  it('with a picture goes out as SendMediaMessage', async () => {
    const { sms, sent } = carrier(accepted);
    await sms.send({ ...text, mediaUrl: 's3://bucket/picture.png' });
    expect(sent).toMatchObject([
      {
        target: 'PinpointSMSVoiceV2.SendMediaMessage',
        body: { MediaUrls: ['s3://bucket/picture.png'], MessageBody: 'Hi' },
      },
    ]);
  });

  it.for([
    [
      'the service fails',
      fault('InternalServerException', 500),
      { outcome: 'unknown', reason: 'InternalServerException' },
    ],
    ['a gateway fails', { status: 503 }, { outcome: 'unknown', reason: expect.any(String) }],
    ['no answer comes in time', 'time-out', { outcome: 'unknown', reason: 'TimeoutError' }],
    ['the connection breaks', 'hang-up', { outcome: 'unknown', reason: 'Error' }],
    ['the answer has no id', { status: 200 }, { outcome: 'unknown', reason: 'NO_MESSAGE_ID' }],
    ['it is throttled', fault('ThrottlingException'), { outcome: 'throttled' }],
    [
      'the number has opted out',
      fault('ConflictException', 400, { Reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT' }),
      { outcome: 'rejected', reason: 'DESTINATION_PHONE_NUMBER_OPTED_OUT', optedOut: true },
    ],
    [
      'the month is spent',
      fault('ServiceQuotaExceededException', 400, { Reason: 'MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT' }),
      { outcome: 'rejected', reason: 'MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT', optedOut: false },
    ],
    [
      'the number is none',
      fault('ValidationException', 400, { Reason: 'INVALID_PARAMETER' }),
      { outcome: 'rejected', reason: 'INVALID_PARAMETER', optedOut: false },
    ],
    [
      'the inbox is gone',
      fault('ResourceNotFoundException'),
      { outcome: 'rejected', reason: 'ResourceNotFoundException', optedOut: false },
    ],
    [
      'we may not send',
      fault('AccessDeniedException'),
      { outcome: 'rejected', reason: 'AccessDeniedException', optedOut: false },
    ],
  ] as const)('is submitted once where %s', async ([, answer, submission]) => {
    const { sms, sent } = carrier(answer);
    expect(await sms.send(text)).toEqual(submission);
    expect(sent).toHaveLength(1);
  });
});

describe("the carrier's list of opted-out numbers", () => {
  it('takes a number in and lets it go', async () => {
    const { sms, sent } = carrier({ status: 200 });
    await sms.blockNumber('+12025550111');
    expect(await sms.unblockNumber('+12025550111')).toBe('unblocked');
    const body = { OptOutListName: 'stopped', OptedOutNumber: '+12025550111' };
    expect(sent).toMatchObject([
      { target: 'PinpointSMSVoiceV2.PutOptedOutNumber', body },
      { target: 'PinpointSMSVoiceV2.DeleteOptedOutNumber', body },
    ]);
  });

  it('is asked again while it is busy', async () => {
    const { config, sent } = wire((_, nth) => (nth < 3 ? fault('ThrottlingException') : { status: 200 }));
    const configuration = { configurationSet: 'texts', optOutList: 'stopped' };
    await endUserMessaging(new PinpointSMSVoiceV2Client({ ...config, ...SMS_CLIENT }), configuration).blockNumber(
      '+12025550111',
    );
    expect(sent.map(({ target }) => target)).toEqual(new Array(3).fill('PinpointSMSVoiceV2.PutOptedOutNumber'));
  });

  it.for([
    [fault('ResourceNotFoundException'), 'unblocked'],
    [fault('ConflictException', 400, { Reason: 'NUMBER_NOT_OPTED_OUT' }), 'refused'],
    [fault('ValidationException'), 'refused'],
  ] as const)('answers %j to letting go: %s', async ([answer, outcome]) => {
    expect(await carrier(answer).sms.unblockNumber('+12025550111')).toBe(outcome);
  });
});
