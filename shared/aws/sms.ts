import {
  AccessDeniedException,
  ConflictException,
  DeleteOptedOutNumberCommand,
  type PinpointSMSVoiceV2Client,
  PutOptedOutNumberCommand,
  ResourceNotFoundException,
  SendMediaMessageCommand,
  SendTextMessageCommand,
  ServiceQuotaExceededException,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import type { Sms, Submission, Text } from '../ports.ts';
import { backOff } from './back-off.ts';

export interface SmsConfiguration {
  readonly configurationSet: string;
  readonly optOutList: string;
}

/** The key under which our message id travels with a text and comes back with its delivery events. */
export const CONTEXT_KEY = 'messageId';

/** What the client must be made with: there is no idempotency token, so a retry below this line could send a text twice. */
export const SMS_CLIENT = { maxAttempts: 1 } as const;

const BLOCK_TRIES = 8;

/** AWS End User Messaging SMS v2, over a client made with `SMS_CLIENT`. Errors by the models of SendTextMessage. */
export function endUserMessaging(
  client: PinpointSMSVoiceV2Client,
  { configurationSet, optOutList }: SmsConfiguration,
): Sms {
  return {
    async send(text) {
      try {
        const { MessageId } = await submit(text);
        return MessageId === undefined
          ? { outcome: 'unknown', reason: 'NO_MESSAGE_ID' }
          : { outcome: 'accepted', providerId: MessageId };
      } catch (error) {
        return refusal(error);
      }
    },

    async blockNumber(phone) {
      const command = new PutOptedOutNumberCommand({ OptOutListName: optOutList, OptedOutNumber: phone });
      for (let tries = 1; ; tries += 1) {
        try {
          await client.send(command);
          return;
        } catch (error) {
          // An import may bring thousands of opt-outs, and asking twice changes nothing more.
          if (!(error instanceof ThrottlingException) || tries === BLOCK_TRIES) throw error;
          await backOff(tries);
        }
      }
    },

    async unblockNumber(phone) {
      try {
        await client.send(new DeleteOptedOutNumberCommand({ OptOutListName: optOutList, OptedOutNumber: phone }));
        return 'unblocked';
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return 'unblocked';
        if (error instanceof ConflictException || error instanceof ValidationException) return 'refused';
        throw error;
      }
    },
  };

  function submit({ from, to, body, mediaUrl, messageId }: Text) {
    const common = {
      DestinationPhoneNumber: to,
      OriginationIdentity: from,
      MessageBody: body,
      ConfigurationSetName: configurationSet,
      Context: { [CONTEXT_KEY]: messageId },
    };
    return mediaUrl === undefined
      ? client.send(new SendTextMessageCommand(common))
      : client.send(new SendMediaMessageCommand({ ...common, MediaUrls: [mediaUrl] }));
  }
}

/** Only what AWS names as refused was not submitted; everything else may have been. */
function refusal(error: unknown): Submission {
  if (error instanceof ThrottlingException) return { outcome: 'throttled' };
  if (error instanceof ConflictException) {
    const reason = error.Reason ?? 'CONFLICT';
    return { outcome: 'rejected', reason, optedOut: reason === 'DESTINATION_PHONE_NUMBER_OPTED_OUT' };
  }
  if (error instanceof ValidationException || error instanceof ServiceQuotaExceededException) {
    return { outcome: 'rejected', reason: error.Reason ?? error.name, optedOut: false };
  }
  if (error instanceof ResourceNotFoundException || error instanceof AccessDeniedException) {
    return { outcome: 'rejected', reason: error.name, optedOut: false };
  }
  return { outcome: 'unknown', reason: error instanceof Error ? error.name : 'Error' };
}
