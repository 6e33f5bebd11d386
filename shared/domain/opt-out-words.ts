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
  phrases(`hi, hello, hey, yo, stop, hi|hey there, good morning|afternoon|evening, sorry, excuse me, no, nope, yes, yeah,
    just, simply, so, and, but, then, again, once again|more, seriously, omg, wtf, ugh, god, jesus, dude, bro, man, guys, you guys|people,
    folks, look, listen, pretty, last time, for the last time, this is the last time, final warning|notice, last warning|chance, i repeat,
    attention, notice, to whom it may concern, for the love of god, for gods sake, i am begging you, i beg you, can|could|would|will you,
    can|could someone, would you mind, do me|us a favor and, be so kind as to, if you could|would, i would appreciate |it if you |would|could,
    i would be grateful if you would, i|we want|need you to, i|we would like |for you to, i am asking|telling|instructing you to,
    i|we ask that you, i ask you to, i request|demand that you, i am requesting |that you, i demand you |to,
    |i|we |have |already told|asked you |guys|yesterday|before|already|nicely|twice to, i|we |have|already told|asked you last time|week to,
    i |have|already told|asked you |so many times to, i am asking you politely to, asking nicely,
    how many times do i have to tell|ask you to, i keep asking|telling you to, i |have|already|just said, i have already said, i say,
    you |guys need to, you must|better, you have|are to, let me be clear, to be clear, i|we| am|are| not interested, |i|we |am|are no longer interested,
    wrong number|person, who is this, who are you, i do not know |who you |are, i do not know who this is, i have no idea who this is, i am good|done,
    enough, this is harassment|spam, spam, reported, i am tired|sick of this, i never signed up for this, i did not sign up for this,
    i did not ask for this, i never asked for this, i|we moved, i already bought|have one`),
);
/** A command may begin in the middle of a clause behind these. */
export const TURNS = phrases('please, so, and, but');

/** Reasons and emphasis that may follow. */
export const LATER =
  phrases(`please, thanks, thank you, many thanks, ok, sir, ma am, again, anymore, any more, any longer, ever,
  never again, no more, at all, for good, forever, permanently, from now on, going|moving forward, in |the future, further,
  period, you guys|people, dude, bro, man, guys, god, jesus, jeez, seriously, i mean it, i am serious, for real,
  i am not interested, not interested, i am no longer interested, no longer interested, no thanks, no thank you, wrong number|person,
  have a nice|good day, goodbye, bye, good day, via|by text|sms, buddy, bud, please remove|delete, from you |guys|people,
  from your|this company|business|number,
  of any kind, whatsoever, final|last warning, last time, for the last time, you idiot|idiots|creep, asshole,
  assholes, idiots, idiot`);
/** "Stop texting me now" ends it, "do not text me now" only puts it off. */
export const AT_ONCE =
  phrases(`now, right now|away, immediately, asap, at once, already, as of now|today, effective immediately,
  this instant|minute|second, as soon as possible, thanks in advance`);

/** A new thought may begin with these, without a mark of punctuation. */
export const OPENERS =
  phrases(`i, you, we, they, this|it is, because, bc, cause, cuz, cos, or, and, since, why, who, my name|number, stop,
  leave|take|remove me, delete|lose my, unsubscribe, wrong number, not interested, do not, how many|did, where did,
  before i call|report|block|sue|contact|file`);
/** Behind "do not text me" many of them would limit it: "I am driving". */
export const REASONS =
  phrases(`because, bc, cause, cuz, cos, or, this is, i am|do|did not, i |have never|already, i said, i told you, you, we are|do not, stop,
  leave|take|remove me, delete|lose my, unsubscribe`);

const TEXTS =
  phrases(`texts, text messages, messages, sms, sms messages, texting, messaging, text messaging, mass texts, group texts,
  communications, communication, correspondence, texts|messages and|or messages|calls|emails, calls|emails and|or texts|messages`);
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
    hounding, writing to, reaching out |to, hitting|blowing |me up, trying to contact|reach|text,
    sending |text messages to, sending texts to, text messaging, sms, text, message, filling up, clogging up`),
    CALLING: phrases('calling, phoning, emailing'),
    CALL: phrases('call, phone, email'),
    TEXT: phrases(`text, message, contact, spam, harass, bother, bug, annoy, pester, disturb, solicit, write to, reach out |to,
    hit up, sms, send texts|messages to, send text messages to, text message, try to contact`),
    TEXTED: phrases('texted, contacted, messaged, bothered, spammed, solicited, disturbed, harassed, text messaged'),
    ME: phrases(
      `me, us, my|this |cell phone|number, my|this cell|mobile|line|person, my|this phone number, my inbox, our number|phone, here, at|on|to my|this |cell|phone number|line|phone|cell, to me|us, with me`,
    ),
    DET: phrases(`the, these, those, this, your, all, all of, any, any of, more, anymore, such, further, additional, future, other, so many,
    unwanted, unsolicited, annoying, constant, automated, promotional, marketing, spammy, stupid, dumb, silly, ridiculous, random,
    endless, text, sms, spam, junk, of your, of these, of the, mass, group, political, sales, another, one more`),
    TEXTS,
    MESSAGES,
    JUNK,
    THINGS: union(MESSAGES, JUNK, phrases('this, these, those, them, text, message, a text, a message')),
    GET: phrases(
      `|to receive|get|see, receiving, getting, seeing, to be|keep|continue getting|receiving, to continue to receive|get, to be sent`,
    ),
    END: phrases(`end, cancel, turn|shut|cut off, cut out, cease, terminate, discontinue, opt |me out of, unsubscribe |me from,
    enough of|with`),
    NEVER:
      phrases(`do not |you |ever, do not you dare, never |ever, you may|can|must|should not, you are not to, you are not allowed|authorized to, you are no longer allowed|authorized to,
    you do not have |my permission|consent to, you no longer have |my permission|consent to, i do|did not give you permission to,
    i never gave you permission to, i do not want you to, i never want you to, i would prefer|rather |that you not, not`),
    NOT_WANTED: phrases(`do not want|wish|need, no longer want|wish|need, never want, would prefer|rather|like not,
    prefer not, would like to no longer, |am|are not interested in, |am|are no longer interested in,
    have no interest in, am done with, want no |more, |am sick|tired of, |am sick and tired of`),
    AGAIN: phrases('again, anymore, any more|longer, ever, further'),
    MORE: phrases('more, further, additional'),
    REMOVE: phrases('remove, delete, erase, purge, unsubscribe, unlist, opt, strike, scratch, cross, clear'),
    TAKE: phrases('take, get, pull, cut, kick, scratch, cross, strike, knock'),
    NUMBER: phrases(`my|this |phone number, my cell, my cell |phone number, my mobile number, our number`),
    NAME: phrases(`me, us, my name|info|information|contact|details|phone|data, my contact info|information|details,
    my name and number, my number and name, this person, all of us`),
    OFF: phrases('off, off of, from, out of'),
    KIND: phrases(`your, this, the, that, these, those, all, all of, of, any, every, any and all, future, mailing, mail, texting, text, sms, message,
    messaging, contact, call, calling, phone, marketing, promotional, promo, spam, subscriber, subscription, distribution, broadcast,
    group, mass, campaign, company, stupid, dumb, annoying, customer, client, lead, solicitation, notification, automated, sales,
    more, further, political, whatever`),
    LIST: union(
      TEXTS,
      phrases(`list-|s|ing, database-|s, data base, system-|s, contacts, records, group, thread, chat, campaign-|s, roster,
      distribution, subscription-|s, alerts, notifications, promotions, promos, marketing, mailings, address|phone book,
      directory, phone, spam`),
    ),
    UNSUBSCRIBE: phrases(`unsubscribe |me|us, unsubscribe this|my number, opt |me|us out,
    opt this|my number out, opting out, unsubscribing, un subscribe |me, opted out,
    |be|get unsubscribed, be opted out, be removed, be taken off`),
    LEAVE:
      phrases(`be |deleted, be|get taken off |of, be off, get removed, get|come off |of, get out of, get|take myself off, get my name|number off,
    get|have my number|name removed, remove myself, get me off`),
    WISH: phrases(`i have been trying to, i am going to, |would like to, want|need|wish|trying to, how do i|we|you, how can|would|could|should i|we, how to,
    how exactly do i, where do|can i, can|may|could i|we, what do i do|text to, what do i need|have to do to,
    what should i do|send to, is there a|any way to, is there an option to, tell|show me how to, let me, allow me to, help me |to,
    i hereby, i choose to, i have decided|chosen to, i am, we are, i, we, i |would prefer to, i elect|request|demand to,
    i am asking|requesting|writing|texting|ready to, i |have|already asked to, i |have already, i have |to, do you know how to, is it possible to`),
    CONSENT: phrases(`|my|all|any|prior consent|permission|authorization, any and all consent, any|all prior consent`),
    EARLIER: phrases('not, no longer, never, do not, did not'),
    WHOM: phrases(
      'number, person, guy, phone, phone number, lady, girl, woman, man, cell, individual, party, recipient, contact',
    ),
    MISTAKEN:
      phrases(`you |have got|reached|texted|messaged, you are texting|messaging|contacting, you contacted|called|dialed, this|that|it is,
    i think|believe, i am afraid, think, must be, |you must|may|might have, you |probably|still|clearly|guys have, you seem to have,
    |it looks|seems like, the, a, you have been texting, you keep texting, got, have, you are, texting, still`),
  }),
);

/** How sentences beside the bare word begin when they are about that too. */
export const GRIEVANCES = phrases(`i never signed up, i did not sign up, i never subscribed|asked|requested|agreed|gave,
  i did not ask for, i did not subscribe|request|give, i do not want, i no longer want,
  not interested, i am not interested, we are not interested, no longer interested, i |have already bought, why are you texting|still, why do you keep,
  why am i getting|still, you keep texting|sending|messaging, reported, i am reporting|blocking, i will report|block, blocked,
  this is spam|harassment, spam, harassment, who is this, who are you, how|where did you get, no thanks, no thank you, i do not know you|who, wrong,
  i told|asked you, i have told you, i have asked, enough, last|final warning, or i, i am on the do not, if you text|contact|message`);

/** A wish for less, later or elsewhere is no wish for nothing. */
export const NARROWER = phrases(
  `before|after 1|2|3|4|5|6|7|8|9|10|11|12-|am|pm, except, unless, until, till, new|other|different|correct|right|work|home number,
  while i|we|you|at, when i am, when you are, when we, during, at work|night, driving, in a meeting, sleeping, asleep, so|this late|early,
  so much|often, so many times, every day, weekends, only, keep the|my|me, still want|need|like|interested, text me at|on|only|when|instead,
  message me instead, just text|send, for now|today, not until, i will text|call|message|contact you, i will reach out,
  before|after work|school|my|the, before noon, after dark|hours, reminders, in class, on vacation`,
);
/** They may be what is wanted instead of calls. */
export const WRITTEN = phrases('text, texts, texting, message, messages, email, sms, write');
/** Who complains of too many says "you" as well, but does not ask. */
export const ASKING = phrases('can you, could you, would you, will you');
/** Its own word, when it follows. */
export const BUT = phrases('but, however, although, though');
export const BUT_NOTHING = phrases('but thanks, but thank you, but no thanks');

/** Not meant, or not said to us. */
export const JOKES = phrases(
  'lol, lmao, lmfao, rofl, haha-|ha|haha, hehe, jk, no way, not really, never mind, nevermind, nvm, by mistake|accident, accidentally, kidding, lolol, lmaoo',
);
export const OTHERS =
  phrases(`he, she, they, him, her, them, said, told, says, asked, if, when, unless, until, why, everyone, someone, my ex,
  did, used to, supposed to`);
export const REPORTS = phrases(
  'said, says, saying, told me|him|her, tells|asked|texted me, yelled, goes, wrote, was like, replied',
);

/** What somebody had better look at. */
export const ALARMING =
  phrases(`stop-|s|ped|ping, unsubscrib-e|ed|ing, unsubscription, cancel-|s|ed|led|ing|ling|lation, quit-|ting, revoke-|d, remove-|d, opt |me out,
  opted|opting out, opt in, do not text|contact|message|call|send|disturb, never text|contact, no more, leave me alone, go away, wrong number|person,
  spam-|ming, harass-|ing|ment, lawyer, attorney, sue, report you, reported, fcc, tcpa, blocked, block you, too|so many texts|messages,
  fewer texts|messages, less often, not so often, text me less, too often, every day is too, only text|message, not|nothing|only before|after,
  no texts |before|after, keep|just|only the reminders, keep |my reminders, only reminders, keep sending, keep the texts|alerts|updates,
  never signed up, did not sign up, how did you get my number, take me off, lose my number, stop it, delete my, end all|the, fuck|piss off`);
