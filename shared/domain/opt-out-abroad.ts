import { lazy } from './lazy.ts';
import { endsOf, type Pattern, patternReader, phrases } from './phrase.ts';

/**
 * The plain sentences of Spanish and French, folded as English is. They count only when the message says nothing else but
 * greetings, thanks and the like, so that no list of excuses and conditions is needed: a person reads the rest.
 */

interface Tongue {
  readonly beside: Pattern;
  readonly cores: readonly Pattern[];
  /** The cores with what may stand before and after them. */
  readonly clauses: readonly Pattern[];
}

type Clauses = readonly (readonly string[])[];

/** Whether the clauses ask to stop and say no more. */
export const saysStopAbroad = (clauses: Clauses): boolean =>
  TONGUES().some(({ beside, clauses: known }) => {
    const said = clauses.filter((words) => !isWhole(beside, words));
    return said.length > 0 && said.every((words) => known.some((pattern) => isWhole(pattern, words)));
  });

/** Whether they ask to stop, whatever else they say. */
export const speaksOfStopAbroad = (clauses: Clauses): boolean =>
  TONGUES().some(({ cores }) =>
    clauses.some((words) => words.some((_, at) => cores.some((core) => endsOf(core, words, at).size > 0))),
  );

const isWhole = (pattern: Pattern, words: readonly string[]) => endsOf(pattern, words, 0).has(words.length);

const TONGUES = lazy(() => [tongue(SPANISH), tongue(FRENCH)] as const);

function tongue({ classes, cores }: { classes: Readonly<Record<string, string>>; cores: readonly string[] }): Tongue {
  const read = patternReader(Object.fromEntries(Object.entries(classes).map(([name, list]) => [name, phrases(list)])));
  return {
    beside: read('BEFORE|AFTER*'),
    cores: cores.map(read),
    clauses: cores.map((core) => read(`BEFORE|WISH* ${core} BEFORE|AFTER*`)),
  };
}

/**
 * Without accents "envíe" (send!) is "envié" (I sent), so a form that may be either needs a "me" that settles it. "Para" is left
 * out, which is "for" as well; "darme de baja" may be about anything, so it counts only of a list or of messages.
 */
const SPANISH = {
  classes: {
    BEFORE:
      'hola, buenos|buenas dias|tardes|noches, por favor, porfavor, porfa, disculpe, perdon, no gracias, gracias, ya, basta',
    WISH: 'favor de, les|le pido|dije que, quiero|necesito que, pued|podri-en|an|a, quiero, quisiera, me gustaria, como puedo, como hago para',
    AFTER: 'mas, nunca, jamas, a este|mi numero|telefono|celular, no me interesa',
    STOP: 'dej|par-en|a|e|ar de',
    SENDING: 'envi|mand-arme|arnos',
    TEXTING: 'escribirme, texte|contact|molest-arme',
    SEND: 'envi|mand-e|es|en, vuelvan a enviar|mandar, sigan envi|mand-ando',
    TEXT: 'escrib-a|as|an, texte|contact|molest-es|en, vuelvan a escribir',
    WANT: 'quiero, queremos, deseo, necesito',
    DET: 'mas, los, sus, tus, esos, estos, de, la',
    TEXTS: 'mensajes, mensajes de texto, textos, sms',
    ADS: 'publicidad, propaganda, spam, promociones, notificaciones',
    TAKE_ME:
      'quit|saqu|sac|borr|elimin-eme|ame|enme|arme, me quit|saqu|borr|elimin-en, me pueden quitar, desuscrib-irme|anme, d-arme|enme|eme de baja',
    YOUR: 'su, sus, tu, la, esta, de, contactos, difusion',
  },
  cores: [
    'STOP SENDING DET* TEXTS|ADS',
    'STOP TEXTING',
    'dejen|paren de enviar|mandar DET* TEXTS|ADS',
    'dejar de recibir DET* TEXTS|ADS',
    'paren|detengan|cancelen DET+ TEXTS',
    'stop|alto a? DET* TEXTS',
    'basta DET+ TEXTS|ADS',
    'TAKE_ME de YOUR* lista|listas YOUR* TEXTS?',
    'TAKE_ME de DET* TEXTS|ADS',
    'quiten|borren|eliminen|quitar|borrar mi numero|nombre de YOUR* lista|listas',
    'desuscribirme|desuscribanme',
    'dejame|dejeme|dejenme en paz',
    'numero equivocado',
    'no me|nos SEND DET* TEXTS|ADS',
    'no me|nos TEXT',
    'no envien|manden|enviar|mandar mas DET* TEXTS|ADS',
    'no mas DET* TEXTS|publicidad',
    'no WANT DET* TEXTS',
    'no WANT? recibir DET* TEXTS|ADS',
    'no WANT que me|nos SEND DET* TEXTS|ADS',
    'no WANT que me|nos TEXT',
  ],
} as const;

/**
 * "Plus de messages" is left out, which is more of them or no more; "me désinscrire" counts only of a list or of messages, and
 * "pas de message" may be about one call.
 */
const FRENCH = {
  classes: {
    BEFORE: 'bonjour, bonsoir, s il vous plait, sil vous plait, svp, stp, merci, non, desole, pardon, et',
    WISH: 'merci de, veuillez, priere de, je vous prie|demande de, je veux|voudrais|souhaite, pouvez|pourriez vous, comment, comment faire pour, comment puis je',
    AFTER: 'jamais, immediatement, a|sur ce|mon numero|telephone, pas interesse',
    STOP: 'arret|cess-ez|e|er de, darreter de',
    SENDING: 'menvoyer, m|nous envoyer',
    TEXTING: 'me texter|contacter|harceler|deranger|solliciter, mecrire',
    SEND: 'menvo-yez|ie|ies, nous envoyez',
    TEXT: 'me textez|texte|contactez|derangez|sollicitez, mecri-vez|s',
    NOT: 'plus, pas, jamais',
    WANT: 'veux, souhaite, desire',
    DET: 'de, des, les, la, vos, tes, ces, dautres, aux',
    TEXTS: 'messages, textos, sms',
    ANY: 'message, texto',
    ADS: 'pub, pubs, publicite, spam, promotions, notifications',
    TAKE_ME: 'retir|enlev|supprim|ray-ez|e moi, me retir|supprim|ray-er, menlever',
    UNSUBSCRIBE: 'desabonn-ez|e moi, desinscrivez moi, me desabonner|desinscrire',
    YOUR: 'votre, vos, ta, la, cette, de, contacts, diffusion',
  },
  cores: [
    'STOP SENDING DET* TEXTS|ADS',
    'STOP TEXTING',
    'arretez|arrete|cessez|stop DET+ TEXTS',
    'stop TEXTS|pub',
    'UNSUBSCRIBE de|des DET* TEXTS|ADS',
    'UNSUBSCRIBE|TAKE_ME de YOUR* liste|listes YOUR* TEXTS?',
    'retirez|enlevez|supprimez|effacez mon numero|nom de YOUR* liste|listes',
    'desabonnez|desabonne moi',
    'me|se desabonner',
    'laissez|laisse moi tranquille',
    'faux|mauvais numero',
    'ne SEND NOT DET+ TEXTS|ADS',
    'ne SEND plus DET+ ANY',
    'menvoyez plus DET+ TEXTS|ADS|ANY',
    'ne TEXT NOT',
    'nenvoyez plus DET+ TEXTS|ADS|ANY',
    'ne plus|pas SENDING DET+ TEXTS|ADS',
    'ne plus|pas TEXTING',
    'ne plus recevoir DET+ TEXTS|ADS|ANY',
    'je ne? WANT NOT recevoir DET+ TEXTS|ADS',
    'je ne WANT NOT DET+ TEXTS|pub|publicite',
    'je ne WANT plus recevoir? DET+ ANY',
    'je ne WANT NOT que vous menvoyiez|menvoyez DET+ TEXTS|ADS',
  ],
} as const;
