import { lazy } from './lazy.ts';
import { type Classes, phrases, union } from './phrase.ts';

/**
 * English in which people say that they want no more texts. Words come folded, without quotes, and spelled out by `SHORT`
 * ("dont" is "do not").
 */

/** What stands for other words, and how they are misspelled: "do not = dont donot". */
const SPELLINGS = `
  do not = dont donot dnt, does not = doesnt, did not = didnt, can not = cant cannot, will not = wont,
  would not = wouldnt, should not = shouldnt, is not = isnt aint, are not = arent, have not = havent, i am = im,
  i have = ive, i would = id, i will = ill, you are = youre, you have = youve, it is = its, that is = thats,
  there is = theres, we have = weve, we would = wed, want to = wanna, going to = gonna, got to = gotta,
  let me = lemme, you = u ya yall, your = ur, are = r, and = n, please = pls plz plse pleas pleae plase,
  thanks = thx thnx tnx ty tks, text = txt, texts = txts, texting = txting texing textin, message = msg mssg,
  messages = msgs, messaging = msging messging, right now = rn, no more = nomore, number = num nbr,
  ok = okay k kk okey, thank you = thankyou, ma am = maam,
  unsubscribe = unsuscribe unsubcribe unsubscibe unsubscrib unsubsribe unscubscribe unsusbcribe unsubscrbe unsub,
  opt out = optout, stop all = stopall, do not contact = dnc, with = w, receive = recieve, receiving = recieving`;
export const SHORT: ReadonlyMap<string, readonly string[]> = new Map(
  SPELLINGS.split(',').flatMap((entry) => {
    const [long = '', shorts = ''] = entry.split('=');
    return shorts
      .trim()
      .split(' ')
      .map((short) => [short, long.trim().split(' ')] as const);
  }),
);

/** Temper, which changes no meaning. */
export const TEMPER =
  phrases(`fucking, fuckin, fking, fkn, fkin, freaking, freakin, frickin, fricking, damn, dang, damned, goddamn,
  goddamned, bloody, effing, motherfucking, the fuck, the hell, the heck, tf, literally, really, kindly`);

export const POLITE = phrases(
  'please, now, thanks, thank you, many thanks, ok, sir, ma am, por favor, merci, gracias, svp',
);

/** A speaker greets, asks, insists or explains before coming to it. */
export const BEGINNINGS = union(
  POLITE,
  phrases(`hi, hello, hey, yo, stop, hi there, hey there, good morning, good afternoon, good evening, sorry, excuse me, no, nope, yes, yeah,
    just, simply, so, and, but, then, again, once again, once more, seriously, omg, wtf, ugh, god, jesus, dude, bro, man, guys, you guys,
    you people, folks, look, listen, pretty, last time, for the last time, this is the last time, final warning, last warning,
    final notice, last chance, i repeat, attention, notice, to whom it may concern, for the love of god, for gods sake, i am begging you,
    i beg you, can you, could you, would you, will you, can you guys, could you guys, can someone, could someone, would you mind,
    do me a favor and, do us a favor and, be so kind as to, if you could, if you would, i would appreciate it if you would,
    i would appreciate it if you could, i would appreciate if you would, i would appreciate if you could, i would appreciate it if you,
    i would be grateful if you would, i want you to, i need you to, i would like you to, i would like for you to, we want you to,
    we would like you to, i am asking you to, i am telling you to, i ask you to, i ask that you, we ask that you, i request that you,
    i am requesting that you, i am requesting you, i demand that you, i demand you, i demand you to, i am instructing you to,
    i asked you to, i told you to, i have asked you to, i have told you to, i already asked you to, i already told you to,
    i have already asked you to, i have already told you to, i am asking you politely to, asking nicely, how many times do i have to tell you to, how many times do i have to ask you to,
    i keep asking you to, i keep telling you to, told you to, asked you to,
    i said, i say, i already said, i have said, i just said, i have already said, you need to, you guys need to, you must, you have to,
    you better, you are to, let me be clear, to be clear, no thanks, no thank you, not interested, i am not interested,
    we are not interested, no longer interested, i am no longer interested, wrong number, wrong person, who is this, who are you,
    i do not know you, i do not know who you are, i do not know who this is, i have no idea who this is, thanks but, i am good, i am done,
    enough, this is harassment, this is spam, spam, reported, i am tired of this, i am sick of this, i never signed up for this,
    i did not sign up for this, i did not ask for this, i never asked for this, i moved, we moved, i already bought one, i already have one`),
);
/** A command may begin in the middle of a clause behind these. */
export const TURNS = phrases('please, so, and, but');

/** Reasons and emphasis that may follow. */
export const LATER =
  phrases(`please, thanks, thank you, many thanks, ok, sir, ma am, again, anymore, any more, any longer, ever, ever again,
  never again, at all, for good, forever, permanently, from now on, going forward, moving forward, in the future, in future, further,
  period, you guys, you people, dude, bro, man, guys, god, jesus, jeez, seriously, i mean it, i am serious, for real,
  i am not interested, not interested, i am no longer interested, no longer interested, no thanks, no thank you, wrong number,
  wrong person, have a nice day, have a good day, goodbye, bye, good day, via text, by text, via sms, by sms, buddy, bud, please remove, please delete, from you, from you guys,
  from you people, from your company, from your business, from this number, from this company, from your number, from this business,
  of any kind, whatsoever, final warning, last warning, last time, for the last time, you idiot, you idiots, you creep, asshole,
  assholes, idiots, idiot`);
/** "Stop texting me now" ends it, "do not text me now" only puts it off. */
export const AT_ONCE =
  phrases(`now, right now, immediately, asap, right away, at once, already, as of now, as of today, effective immediately,
  this instant, this minute, this second, as soon as possible, thanks in advance`);

/** A new thought may begin with these, without a mark of punctuation. */
export const OPENERS =
  phrases(`i, you, we, they, this is, it is, because, bc, cause, cuz, cos, or, and, since, why, who, my name, my number, stop,
  leave me, take me, remove me, delete my, lose my, unsubscribe, wrong number, not interested, do not, how many, how did, where did,
  before i call, before i report, before i block, before i sue, before i contact, before i file`);
/** Behind "do not text me" many of them would limit it: "I am driving". */
export const REASONS =
  phrases(`because, bc, cause, cuz, cos, or, this is, i am not, i do not, i did not, i never, i have never, i have already,
  i already, i said, i told you, you, we are not, we do not, stop, leave me, take me, remove me, delete my, lose my, unsubscribe`);

const TEXTS =
  phrases(`texts, text messages, messages, sms, sms messages, texting, messaging, text messaging, mass texts, group texts,
  communications, communication, correspondence, texts and messages, texts and calls, calls and texts, texts or calls, calls or texts,
  messages or calls, calls or messages, calls and messages, texts and emails, emails and texts, texts or emails, emails or texts`);
const MESSAGES = union(
  TEXTS,
  phrases(`spam, notifications, alerts, ads, advertisements, advertising, promos, promotions, marketing, solicitations, solicitation,
    spam texts, spam messages, robotexts, text blasts, mailings`),
);
const JUNK = phrases(
  'anything, anything else, stuff, junk, crap, shit, bullshit, garbage, nonsense, trash, offers, deals, coupons, things',
);

export const CLASSES = lazy(
  (): Classes => ({
    STOP: phrases('stop, quit, cease, discontinue, halt, refrain from, desist from, stop with'),
    TEXTING:
      phrases(`texting, messaging, contacting, spamming, harassing, bothering, bugging, annoying, pestering, disturbing, soliciting,
    hounding, writing to, reaching out, reaching out to, hitting up, hitting me up, blowing up, blowing me up, trying to contact, trying to reach, trying to text,
    sending text messages to, sending texts to, sending messages to, text messaging, sms, text, message, filling up, clogging up`),
    CALLING: phrases('calling, phoning, emailing'),
    CALL: phrases('call, phone, email'),
    TEXT: phrases(`text, message, contact, spam, harass, bother, bug, annoy, pester, disturb, solicit, write to, reach out, reach out to,
    hit up, sms, send texts to, send messages to, send text messages to, text message, try to contact`),
    TEXTED: phrases('texted, contacted, messaged, bothered, spammed, solicited, disturbed, harassed, text messaged'),
    ME: phrases(`me, us, my phone, my number, this number, my cell, this phone, my cell phone, this cell phone, my mobile, my line, this line,
    this person, my phone number, this phone number, my inbox, our number, our phone, here, at this number, at my number, on this number,
    on my number, on this line, on my phone, on my cell, on my cell phone, to this number, to my number, to my phone, to me, to us,
    to this phone, to my cell, with me, at this phone number, on this phone`),
    DET: phrases(`the, these, those, this, your, all, all of, any, any of, more, any more, anymore, such, further, additional, future, other, so many,
    unwanted, unsolicited, annoying, constant, automated, promotional, marketing, spammy, stupid, dumb, silly, ridiculous, random,
    endless, text, sms, spam, junk, of your, of these, of the, mass, group, political, sales, another, one more`),
    TEXTS,
    MESSAGES,
    JUNK,
    THINGS: union(MESSAGES, JUNK, phrases('this, these, those, them, text, message, a text, a message')),
    GET: phrases(`receive, get, see, receiving, getting, seeing, to receive, to get, to be getting, to be receiving, to keep getting,
    to keep receiving, to see, to continue receiving, to continue to receive, to be sent`),
    END: phrases(`end, cancel, turn off, shut off, cut out, cut off, cease, terminate, discontinue, opt out of, opt me out of, unsubscribe from,
    unsubscribe me from, enough of, enough with`),
    NEVER:
      phrases(`do not, do not you, do not ever, do not you ever, do not you dare, never, never ever, you may not, you can not, you must not,
    you are not to, you are not allowed to, you are not authorized to, you are no longer allowed to, you are no longer authorized to,
    you should not, you do not have permission to, you do not have my permission to, you do not have consent to, you do not have my consent to,
    you no longer have permission to, you no longer have my permission to, you no longer have consent to, you no longer have my consent to,
    i do not give you permission to, i did not give you permission to, i never gave you permission to, i do not want you to,
    i never want you to, i would prefer you not, i would prefer that you not, i would rather you not, not`),
    NOT_WANTED:
      phrases(`do not want, no longer want, do not wish, no longer wish, never want, do not need, no longer need, would prefer not,
    prefer not, would rather not, would like not, would like to no longer, am not interested in, not interested in, no longer interested in,
    am no longer interested in, are not interested in, have no interest in, am tired of, am sick of, am done with, want no more, want no,
    sick of, tired of, sick and tired of, am sick and tired of`),
    AGAIN: phrases('again, anymore, any more, any longer, ever again, ever, further'),
    MORE: phrases('more, further, additional'),
    REMOVE: phrases('remove, delete, erase, purge, unsubscribe, unlist, opt, strike, scratch, cross, clear'),
    TAKE: phrases('take, get, pull, cut, kick, scratch, cross, strike, knock'),
    NUMBER:
      phrases(`my number, this number, my phone number, this phone number, my cell, my cell number, my cell phone number,
    my mobile number, our number`),
    NAME: phrases(`me, us, my name, my info, my information, my contact, my contact info, my contact information, my details, my phone,
    my name and number, my number and name, my data, my contact details, this person, all of us`),
    OFF: phrases('off, off of, from, out of'),
    KIND: phrases(`your, this, the, that, these, those, all, all of, of, any, every, any and all, future, mailing, mail, texting, text, sms, message,
    messaging, contact, call, calling, phone, marketing, promotional, promo, spam, subscriber, subscription, distribution, broadcast,
    group, mass, campaign, company, stupid, dumb, annoying, customer, client, lead, solicitation, notification, automated, sales,
    more, further, political, whatever`),
    LIST: union(
      TEXTS,
      phrases(`list, lists, database, databases, data base, system, systems, contacts, records, group, thread, chat, campaign, campaigns, roster,
      listing, distribution, subscription, subscriptions, alerts, notifications, promotions, promos, marketing, mailings, address book,
      phone book, directory, phone, spam`),
    ),
    UNSUBSCRIBE:
      phrases(`unsubscribe, unsubscribe me, unsubscribe us, unsubscribe this number, unsubscribe my number, opt out, opt me out,
    opt us out, opt this number out, opt my number out, opting out, unsubscribing, un subscribe, un subscribe me, opted out, unsubscribed,
    be unsubscribed, be opted out, be removed, be taken off, get unsubscribed`),
    LEAVE:
      phrases(`be deleted, be off, get removed, get taken off, get off, get off of, get out of, be taken off, be taken off of, get myself off, get my name off, get my number off,
    come off, come off of, get my number removed, have my number removed, have my name removed, take myself off, remove myself, get me off, be`),
    WISH: phrases(`i want to, i would like to, i wish to, i need to, i am trying to, i have been trying to, i am going to, want to, need to, would like to,
    like to, wish to, trying to, how do i, how do we, how can i, how can we, how do you, how would i, how could i, how should i, how to,
    how exactly do i, where do i, where can i, can i, may i, could i, can we, may we, what do i do to, what do i text to,
    what do i need to do to, what do i have to do to, what should i do to, what should i send to, is there a way to, is there any way to,
    is there an option to, tell me how to, show me how to, let me, allow me to, help me, help me to, i hereby, i choose to,
    i have decided to, i have chosen to, i am, we are, i, we, we want to, we would like to, we wish to, i prefer to, i would prefer to,
    i elect to, i am asking to, i request to, i am requesting to, i demand to, i asked to, i have asked to, i already asked to,
    i have already, i already, i have, i am ready to, do you know how to, is it possible to, i am writing to, i am texting to, i have to`),
    CONSENT:
      phrases(`consent, my consent, permission, my permission, all consent, all permission, authorization, my authorization, any consent,
    any permission, any and all consent, any prior consent, all prior consent, prior consent`),
    EARLIER: phrases('not, no longer, never, do not, did not'),
    WHOM: phrases(
      'number, person, guy, phone, phone number, lady, girl, woman, man, cell, individual, party, recipient, contact',
    ),
    MISTAKEN:
      phrases(`you have, you have got, you got, you reached, you have reached, you texted, you have texted, you are texting, you messaged,
    you are messaging, you have messaged, you are contacting, you contacted, this is, that is, it is, i think, i believe, i am afraid, think,
    must be, must have, may have, might have, you must have, you may have, you might have, you probably have, you still have,
    you seem to have, looks like, it looks like, seems like, you called, you dialed, you clearly have, you guys have, the, a,
    you have been texting, you keep texting, got, have, you are, texting, still`),
  }),
);

/** How sentences beside the bare word begin when they are about that too. */
export const GRIEVANCES =
  phrases(`i never signed up, i did not sign up, i never subscribed, i did not subscribe, i never asked, i did not ask for,
  i did not request, i never requested, i never agreed, i never gave, i did not give, i do not want, i no longer want, i am not interested,
  we are not interested, not interested, no longer interested, i already bought, i have already bought, why are you texting,
  why are you still, why do you keep, why am i getting, why am i still, you keep texting, you keep sending, you keep messaging, reported,
  i am reporting, i will report, i will block, i am blocking, blocked, spam, this is spam, harassment, this is harassment, who is this,
  who are you, how did you get, where did you get, no thanks, no thank you, i do not know you, i do not know who, wrong, i have asked,
  i have told you, i told you, i asked you, enough, last warning, final warning, or i, i am on the do not, if you text, if you contact, if you message`);

const HOURS = Array.from({ length: 12 }, (_, at) => `${at + 1}`).flatMap((hour) => [hour, `${hour}am`, `${hour}pm`]);

/** A wish for less, later or elsewhere is no wish for nothing. */
export const NARROWER = phrases(
  ...HOURS.flatMap((hour) => [`before ${hour}`, `after ${hour}`]),
  `except, unless, until, till, new number, other number, different number, correct number, right number,
  work number, home number, while i, while we, while you, while at, when i am, when you are, when we, during, at work, at night, driving,
  in a meeting, sleeping, asleep, so late, this late, so early, this early, so much, so often, so many times, every day, weekends, only,
  keep the, keep my, keep me, still want, still need, still like, still interested, text me at, text me on, text me only, text me when,
  text me instead, message me instead, just text, just send, for now, for today, not until, i will text you, i will call you,
  i will message you, i will contact you, i will reach out, before work, before noon, before school, before my, before the,
  after work, after dark, after hours, after school, after my, after the, reminders, in class, on vacation`,
);
/** Its own word, when it follows. */
export const BUT = phrases('but, however, although, though');
export const BUT_NOTHING = phrases('but thanks, but thank you, but no thanks');

/** Not meant, or not said to us. */
export const JOKES = phrases(
  'lol, lmao, lmfao, rofl, haha, hahaha, hahahaha, hehe, jk, no way, not really, never mind, nevermind, nvm, by mistake, by accident, accidentally, just kidding, kidding, lolol, lmaoo',
);
export const OTHERS =
  phrases(`he, she, they, him, her, them, said, told, says, asked, if, when, unless, until, why, everyone, someone, my ex,
  did, used to, supposed to`);
export const REPORTS = phrases(
  'said, says, saying, told me, tells me, yelled, goes, wrote, was like, asked me, told him, told her, replied, texted me',
);

/** What somebody had better look at. */
export const ALARMING =
  phrases(`stop, stops, stopped, stopping, unsubscribe, unsubscribed, unsubscribing, unsubscription, cancel, cancels, canceled,
  cancelled, canceling, cancelling, cancellation, quit, quitting, revoke, revoked, remove, removed, opt out, opted out, opting out, opt me out, opt in,
  do not text, do not contact, do not message, do not call, do not send, never text, never contact, no more, leave me alone, go away,
  wrong number, wrong person, spam, spamming, harass, harassing, harassment, lawyer, attorney, sue, report you, reported, fcc, tcpa, blocked,
  block you, too many texts, too many messages, so many texts, so many messages, fewer texts, fewer messages, less often, not so often,
  text me less, too often, every day is too, only text, only message, not before, not after, nothing before, nothing after, only after,
  only before, no texts before, no texts after, no texts, keep the reminders, just the reminders, only the reminders, only reminders,
  keep reminders, keep my reminders, keep sending, keep the texts, keep the alerts, keep the updates, never signed up, did not sign up,
  how did you get my number, take me off, lose my number, do not disturb, stop it, delete my, end all, end the, fuck off, piss off`);
