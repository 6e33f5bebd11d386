import { describe, expect, it, test } from 'vitest';
import { Inbox, InboxInput } from '../../shared/domain/inbox.ts';
import { STATE_HOURS, WeekHours } from '../../shared/domain/sending-hours.ts';
import { Settings } from '../../shared/domain/settings.ts';
import { at, NOW } from '../support/filters.ts';

const wrong = (given: object) =>
  Settings.safeParse(given).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

describe('settings', () => {
  it('have something for everything that a business must not forget', () => {
    expect(Settings.parse({})).toEqual({
      defaultCountry: 'US',
      timeZone: 'America/New_York',
      requireOptIn: false,
      sendingWindow: { from: '09:00', to: '20:00' },
      stateHours: STATE_HOURS,
      replyMinutes: 15,
      dailyCap: { texts: 3, then: 'defer' },
      takeoverHours: 24,
      stopText: 'You are unsubscribed and will get no more texts from us. Reply START to hear from us again.',
      helpText: 'This is an automated text service. Reply STOP to unsubscribe. Msg & data rates may apply.',
      startText: 'You are subscribed again. Reply HELP for help, STOP to unsubscribe.',
    });
  });

  test.each([
    [{ dailyCap: null }],
    [{ dailyCap: { texts: 1 } }],
    [{ dailyCap: { texts: 100, then: 'skip' } }],
    [{ replyMinutes: 0, takeoverHours: 1 }],
    [{ replyMinutes: 1440, takeoverHours: 720 }],
    [{ businessName: 'x'.repeat(60), stopText: 'x'.repeat(300), bookingLink: 'http://example.com' }],
    [{ stateHours: { TX: { monday: 'closed', tuesday: { from: '00:00', to: '24:00' } } } }],
  ])('may be %j', (given) => {
    expect(wrong(given)).toEqual([]);
  });

  test.each([
    [{ dailyCap: { texts: 0 } }],
    [{ dailyCap: { texts: 101 } }],
    [{ dailyCap: { texts: 1, then: 'drop' } }],
    [{ replyMinutes: -1 }],
    [{ replyMinutes: 1441 }],
    [{ takeoverHours: 0 }],
    [{ takeoverHours: 721 }],
    [{ businessName: 'x'.repeat(61) }],
    [{ businessName: ' ' }],
    [{ helpText: ' ' }],
    [{ helpText: 'x'.repeat(301) }],
    [{ reviewLink: 'ftp://example.com' }],
    [{ reviewLink: 'javascript:alert(1)' }],
    [{ reviewLink: `https://example.com/${'x'.repeat(500)}` }],
    [{ stateHours: { Texas: {} } }],
    [{ stateHours: { TX: { someday: 'closed' } } }],
    [{ stateHours: { TX: { monday: 'open' } } }],
    [{ more: 1 }],
  ])('may not be %j', (given) => {
    expect(wrong(given)).toHaveLength(1);
  });

  test.each([
    [{ defaultCountry: 'usa' }, 'defaultCountry is not a two-letter country code'],
    [{ sendingWindow: { from: '09:00', to: '24:30' } }, 'sendingWindow.to is not a time of day, as "09:00"'],
    [{ sendingWindow: { from: '20:00', to: '20:00' } }, 'sendingWindow.to is not after from'],
    [{ timeZone: 'Mars/Base' }, 'timeZone is not an IANA time zone'],
  ])('are told what is wrong with %j', (given, told) => {
    expect(wrong(given)).toEqual([told]);
  });
});

describe('the hours that states leave', () => {
  const days = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
  const all = (hours: unknown) => Object.fromEntries(days.map((day) => [day, hours]));

  test.each([
    ['AL', { sunday: 'closed' }],
    ['KY', all({ from: '10:00', to: '21:00' })],
    ['RI', { ...all({ from: '09:00', to: '18:00' }), saturday: { from: '10:00', to: '17:00' }, sunday: 'closed' }],
    ['TX', { sunday: { from: '12:00', to: '21:00' } }],
  ])('%s: %j', (state, hours) => {
    expect(STATE_HOURS[state]).toEqual(hours);
  });

  it('can be stored as settings', () => {
    for (const hours of Object.values(STATE_HOURS)) expect(WeekHours.parse(hours)).toEqual(hours);
  });
});

describe('an inbox', () => {
  const phone = '+12025550100';
  test.each([
    [{}, { partsPerSecond: 1 }],
    [
      { origination: ' pool-1 ', resendAfterMinutes: 5, partsPerSecond: 0.01 },
      { origination: 'pool-1', resendAfterMinutes: 5, partsPerSecond: 0.01 },
    ],
    [
      { sendingWindow: { from: '10:00', to: '12:00' } },
      { partsPerSecond: 1, sendingWindow: { from: '10:00', to: '12:00' } },
    ],
  ])('with %j', (given, read) => {
    expect(InboxInput.parse({ name: ' Main ', phone, ...given })).toEqual({ name: 'Main', phone, ...read });
  });

  test.each([
    [{ name: ' ' }],
    [{ name: 'x'.repeat(61) }],
    [{ origination: ' ' }],
    [{ origination: 'x'.repeat(257) }],
    [{ partsPerSecond: 0 }],
    [{ partsPerSecond: 1_000_001 }],
    [{ resendAfterMinutes: 0 }],
    [{ resendAfterMinutes: 1441 }],
    [{ resendAfterMinutes: 1.5 }],
    [{ more: 1 }],
  ])('is none with %j', (given) => {
    expect(InboxInput.safeParse({ name: 'Main', phone, ...given }).success).toBe(false);
  });

  it('is read as it was written', () => {
    const inbox = {
      name: 'Main',
      phone,
      partsPerSecond: 3,
      id: `inb_${'0'.repeat(26)}`,
      createdAt: at(NOW),
      updatedAt: at(NOW),
    };
    expect(Inbox.parse(inbox)).toEqual(inbox);
  });
});
