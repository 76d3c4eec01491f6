/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/lcd_words.h"

#include <assert.h>

static const char *const WORDS[LCD_WORDS][CATALOG_LANGUAGES] = {
	[LCD_MINUTES] = { "% min", "% min", "% min", "% min" },
	[LCD_HOURS] = { "% h", "% h", "% h", "% è" },
	[LCD_DAYS] = { "% d", "% d", "% j", "% j" },
	[LCD_MINUTES_SHORT] = { "%m", "%m", "%mn", "%mn" },
	[LCD_HOURS_SHORT] = { "%h", "%h", "%h", "%è" },
	[LCD_DAYS_SHORT] = { "%d", "%d", "%j", "%j" },
	[LCD_NOW] = { "now", "ahora", "<1 min", "<1 min" },
	[LCD_AGO] = { "% ago", "hace %", "il y a %", "gen %" },
	[LCD_SINCE] = { "since % ago", "desde hace %", "depuis %", "depi %" },
	[LCD_SINCE_NOW] = { "since now", "desde ahora", "depuis peu", "depi kounye a" },
	[LCD_CARD_FAILED] = { "CARD FAILED", "FALLO DE TARJETA", "CARTE EN PANNE", "KAT LA GATE" },
	[LCD_NOTHING_KEPT] = { "Nothing is kept", "No se guarda", "Rien n'est gardé", "Anyen pa sere" },
	[LCD_NOTHING_NEW_KEPT] = { "Nothing new is kept.", "No se guarda nada.", "Rien n'est gardé.",
				   "Anyen nouvo pa sere." },
	[LCD_SAVE] = { "Save: aidmesh export", "Use: aidmesh export", "Faire aidmesh export", "Fè: aidmesh export" },
	[LCD_CHANGE_CARD] = { "then change the card", "y cambie la tarjeta", "et changer la carte",
			      "epi chanje kat la" },
	[LCD_DRILL] = { "DRILL", "SIMULACRO", "EXERCICE", "EGZÈSIS" },
	[LCD_SEVERITY_0] = { "alert", "alerta", "alerte", "alèt" },
	[LCD_SEVERITY_1] = { "minor", "leve", "mineure", "piti" },
	[LCD_SEVERITY_2] = { "moderate", "moderada", "modérée", "mwayen" },
	[LCD_SEVERITY_3] = { "severe", "grave", "grave", "grav" },
	[LCD_SEVERITY_4] = { "extreme", "extrema", "extrême", "ekstrèm" },
	[LCD_IN_OUT] = { "in % out %", "rec % env %", "rec % env %", "vin % ale %" },
	[LCD_STAY] = { "STAY: % left", "ESPERE: faltan %", "RESTEZ: reste %", "RETE: % ki manke" },
	[LCD_ALL_SAFE] = { "ALL SAFE - WALK ON", "TODO A SALVO - SIGA", "TOUT SAUVÉ - PARTEZ", "TOUT SOVE: OU KA ALE" },
	[LCD_ALL_SAFE_1] = { "ALL SAFE -", "TODO A SALVO -", "TOUT SAUVÉ -", "TOUT SOVE:" },
	[LCD_ALL_SAFE_2] = { "WALK ON", "SIGA", "PARTEZ", "OU KA ALE" },
	[LCD_NEIGHBOUR] = { "% neighbour", "% vecino", "% voisin", "% vwazen" },
	[LCD_NEIGHBOURS] = { "% neighbours", "% vecinos", "% voisins", "% vwazen" },
	[LCD_CAME_IN] = { "% came in", "% recibidas", "% reçues", "% antre" },
	[LCD_NOT_SAFE] = { "NOT ALL SAFE", "NO TODO A SALVO", "PAS TOUT SAUVÉ", "PA TOUT SOVE" },
	[LCD_NOT_COME] = { "% not come", "% sin llegar", "% pas reçues", "% pa vini" },
	[LCD_NOT_GONE] = { "% not gone", "% sin salir", "% pas parties", "% pa ale" },
	[LCD_NOT_COMPARED] = { "not compared", "sin comparar", "pas comparé", "pa konpare" },
	[LCD_NEED_OPEN] = { "% need open", "% necesidad", "% besoin", "% bezwen" },
	[LCD_NEEDS_OPEN] = { "% needs open", "% necesidades", "% besoins", "% bezwen" },
	[LCD_NEED_NEAR] = { "% need % near", "% nec. % cerca", "% bes. % près", "% bez. % pre" },
	[LCD_NEEDS_NEAR] = { "% needs % near", "% nec. % cerca", "% bes. % près", "% bez. % pre" },
	[LCD_NEAR_TIME_GUESSED] = { "% near, time guessed", "% cerca hora dudosa", "% près, heure ?", "% pre, lè ?" },
	[LCD_NEAR_TIME_SET] = { "% near, time set", "% cerca, hora buena", "% près, heure sûre", "% pre, lè bon" },
	[LCD_PICTURE] = { "picture %", "imagen %", "image %", "imaj %" },
	[LCD_NOTHING_SHORT] = { "Nothing is short", "No falta nada", "Rien ne manque", "Anyen pa manke" },
	[LCD_NEED_COVERED] = { "% need covered", "% ya cubierta", "% déjà couvert", "% deja kouvri" },
	[LCD_NEEDS_COVERED] = { "% needs covered", "% ya cubiertas", "% déjà couverts", "% deja kouvri" },
	[LCD_NO_NEEDS] = { "No needs heard yet", "Sin necesidades aún", "Aucun besoin reçu", "Pa gen bezwen ankò" },
	[LCD_NO_NEEDS_1] = { "No needs heard", "Sin necesidades", "Aucun besoin", "Pa gen bezwen" },
	[LCD_NO_NEEDS_2] = { "yet", "aún", "reçu", "ankò" },
	[LCD_ADD_ONE] = { "Add one:", "Añada una:", "Ajoutez-en un:", "Ajoute youn:" },
	[LCD_MORE_NEED] = { "% more need", "y % más", "et % de plus", "ak % lòt" },
	[LCD_MORE_NEEDS] = { "% more needs", "y % más", "et % de plus", "ak % lòt" },
	[LCD_NO_SITE] = { "no site", "sin sitio", "sans lieu", "san kote" },
	[LCD_SHORT_OF] = { "short % of %", "faltan % de %", "manque % / %", "manke % / %" },
	[LCD_SHORT] = { "short %", "faltan %", "manque %", "manke %" },
	[LCD_NOT_SAID] = { "how much: not said", "no dicen cuánto", "sans quantité", "pa di konbyen" },
	[LCD_CHECK_ON_IT] = { "CHECK ON IT", "VAYA A VER", "ALLEZ VOIR", "ALE WÈ" },
	[LCD_OVERDUE] = { "overdue", "vencida", "en retard", "an reta" },
	[LCD_WITHIN] = { "in %", "en %", "dans %", "nan %" },
	[LCD_PLEDGED] = { "% pledged", "% prometido", "% promis", "% pwomèt" },
	[LCD_SENT] = { "% sent", "% enviado", "% envoyé", "% voye" },
	[LCD_TO] = { "to %", "a %", "à %", "pou %" },
	[LCD_NO_TIME] = { "no time said", "sin hora", "sans heure", "san lè" },
	[LCD_LATE] = { "late %", "tarde %", "retard %", "reta %" },
	[LCD_DUE_IN] = { "due in %", "llega en %", "d'ici %", "rive nan %" },
	[LCD_SINCE_WALK] = { "since the last walk", "desde la última ruta", "depuis la tournée", "depi dènye vwayaj" },
	[LCD_CONNECTING] = { "connecting", "conectando", "connexion", "konekte" },
	[LCD_COMPARING] = { "comparing", "comparando", "comparaison", "konpare" },
	[LCD_TRANSFERRING] = { "transfer", "pasando", "transfert", "transfè" },
	[LCD_SAFE_STATE] = { "safe", "a salvo", "sauvé", "sove" },
	[LCD_SELF] = { "self", "propio", "soi-même", "pa nou" },
	[LCD_TRUSTED] = { "trusted", "de confianza", "de confiance", "moun konfyans" },
	[LCD_STRANGER] = { "stranger", "desconocido", "inconnu", "enkoni" },
	[LCD_NO_NEIGHBOUR_1] = { "No neighbour", "Ningún vecino", "Aucun voisin", "Pa gen vwazen" },
	[LCD_NO_NEIGHBOUR_2] = { "in reach", "al alcance", "à portée", "toupre" },
	[LCD_RADIO_HEARD] = { "Radio: % heard", "Radio: % oídos", "Radio: % reçus", "Radyo: % tande" },
	[LCD_RADIO_WAITING] = { "% to send", "% por enviar", "% à envoyer", "% pou voye" },
	[LCD_RADIO_SAFE] = { "others have it all", "otros lo tienen todo", "d'autres ont tout", "lòt moun gen tout" },
	[LCD_RADIO_AIR] = { "air % of %", "aire % de %", "air % sur %", "lè % sou %" },
	[LCD_RADIO] = { "Radio", "Radio", "Radio", "Radyo" },
	[LCD_RADIO_MISSING] = { "stick missing", "falta el aparato", "appareil absent", "aparèy la manke" },
	[LCD_RADIO_STARTING] = { "starting", "arrancando", "démarrage", "l ap demare" },
	[LCD_RADIO_REFUSED] = { "bad settings", "mal configurada", "mal réglée", "mal regle" },
	[LCD_RADIO_NOBODY] = { "nobody heard", "no se oye nada", "personne reçu", "pa tande pèsonn" },
};

const char *lcd_word(enum catalog_language language, enum lcd_word word)
{
	assert(word < LCD_WORDS && language < CATALOG_LANGUAGES);
	return WORDS[word][language];
}

/* French says "0 besoin". */
enum lcd_word lcd_word_for(enum catalog_language language, unsigned long long count, enum lcd_word one,
			   enum lcd_word several)
{
	return count == 1 || (count == 0 && language == CATALOG_FR) ? one : several;
}

void lcd_fill(char *out, size_t size, const char *text, const char *first, const char *second)
{
	size_t used = 0;

	assert(size > 0);
	for (; *text != '\0' && used < size - 1; text++) {
		if (*text != '%') {
			out[used++] = *text;
			continue;
		}
		assert(first != NULL);
		while (*first != '\0' && used < size - 1)
			out[used++] = *first++;
		first = second;
		second = NULL;
	}
	out[used] = '\0';
}
