// What the node says, in the other languages: first as it writes it, with {} for what it fills in, {people} and the like for a
// count of those, {amount} for a number and what it counts; then Spanish, French, Haitian Creole, which name by {1}, {2} what was filled in. A test holds this table
// beside the node's sources. What begins with something filled in stands last, so that it takes no sentence before it along.
const SAYS = [
  // Asked back
  ['Is it the same as {}: {} for {people}, said {} ago?', '¿Es lo mismo que {1}: {2} para {3}, dicho hace {4}?', 'Est-ce la même chose que {1} : {2} pour {3}, dit il y a {4} ?', 'Èske se menm ak {1}: {2} pou {3}, ki te di sa gen {4}?'],
  ['Is it the same as {}: {}, said {} ago?', '¿Es lo mismo que {1}: {2}, dicho hace {3}?', 'Est-ce la même chose que {1} : {2}, dit il y a {3} ?', 'Èske se menm ak {1}: {2}, ki te di sa gen {3}?'],
  ['The need of that ticket was closed already.', 'La necesidad de ese ticket ya se cerró.', 'Le besoin de ce ticket est déjà clos.', 'Bezwen tikè sa a fèmen deja.'],
  ['That ticket was collected already: {} of {}. Look at the code again.', 'Ese ticket ya se recogió: {1} de {2}. Mire otra vez el código.', 'Ce ticket a déjà été retiré : {1} sur {2}. Regardez encore le code.', 'Yo te deja pran ak tikè sa a: {1} sou {2}. Gade kòd la ankò.'],
  ['This need has a ticket: type the code that the person shows.', 'Esta necesidad tiene ticket: escriba el código que muestra la persona.', 'Ce besoin a un ticket : tapez le code que la personne montre.', 'Bezwen sa a gen tikè: tape kòd moun nan montre a.'],
  // Remarked
  ['Words about {} were left out: everybody would read them.', 'Se omitió el texto sobre {1}: todos lo leerían.', 'Les mots sur {1} ont été omis : tout le monde les lirait.', 'Nou retire mo sou {1}: tout moun t ap li yo.'],
  ['The {} was cut to "{}".', 'Era muy largo y quedó así: «{2}».', "C'était trop long, il reste : « {2} ».", 'Li te twò long, men sa ki rete: «{2}».'],
  ['The place is told as {}, {} wide, so that no door is known.', 'El lugar se dice como {1}, de {2} de ancho: no se sabe qué puerta es.', "Le lieu est dit {1}, large de {2} : aucune porte n'est connue.", 'Yo di kote a kòm {1}, {2} lajè: pèsonn pa konnen ki pòt.'],
  // Refused
  ['Say how much.', 'Diga cuánto.', 'Dites combien.', 'Di konbyen.'],
  ['Stock is what was counted: say how much.', 'La existencia es lo contado: diga cuánto.', 'Le stock est ce qui a été compté : dites combien.', 'Estòk se sa yo konte: di konbyen.'],
  ['The catalogue has no figure for that: say how much.', 'El catálogo no tiene cifra para eso: diga cuánto.', "Le catalogue n'a pas de chiffre pour cela : dites combien.", 'Katalòg la pa gen chif pou sa: di konbyen.'],
  ['The quantity is too large: at most {} fit.', 'La cantidad es demasiado grande: caben hasta {1}.', 'La quantité est trop grande : {1} au plus.', 'Kantite a twò gwo: {1} pou pi plis.'],
  ['Write L, ml, gal, qt, pt or fl oz, or a weight.', 'Escriba L, ml, gal, qt, pt o fl oz, o un peso.', 'Écrivez L, ml, gal, qt, pt ou fl oz, ou un poids.', 'Ekri L, ml, gal, qt, pt oswa fl oz, oswa yon pwa.'],
  ['Write kg, g, t, lb or oz.', 'Escriba kg, g, t, lb u oz.', 'Écrivez kg, g, t, lb ou oz.', 'Ekri kg, g, t, lb oswa oz.'],
  ['Write how many, or a weight.', 'Escriba cuántos, o un peso.', 'Écrivez combien, ou un poids.', 'Ekri konbyen, oswa yon pwa.'],
  ['Write how many.', 'Escriba cuántos.', 'Écrivez combien.', 'Ekri konbyen.'],
  ['Write the number alone.', 'Escriba solo el número.', 'Écrivez le nombre seul.', 'Ekri chif la sèlman.'],
  ['Say in words what it is.', 'Diga con palabras qué es.', "Dites en mots ce que c'est.", 'Di ak mo sa li ye.'],
  ['Say what: an item of the catalogue, or words of at most {} bytes.', 'Diga qué: algo del catálogo, o palabras de hasta {1} letras.', "Dites quoi : un article du catalogue, ou des mots d'au plus {1} lettres.", 'Di kisa: yon atik nan katalòg la, oswa mo ki pa depase {1} lèt.'],
  ['The catalogue has no item {}. Say it in words.', 'El catálogo no tiene el artículo {1}. Dígalo con palabras.', "Le catalogue n'a pas d'article {1}. Dites-le en mots.", 'Katalòg la pa gen atik {1}. Di l ak mo.'],
  ['Which one: {}? Say its name or code, or put = before it to keep your own words.', '¿Cuál: {1}? Diga su nombre o código, o ponga = delante para guardar sus propias palabras.', 'Lequel : {1} ? Dites son nom ou son code, ou mettez = devant pour garder vos mots.', 'Kiyès: {1}? Di non l oswa kòd li, oswa mete = devan pou kenbe pwòp mo w.'],
  ['Say for how many people and days.', 'Diga para cuántas personas y días.', 'Dites pour combien de personnes et de jours.', 'Di pou konbyen moun ak konbyen jou.'],
  ['Infants, elders and people on power are counted among the people: say at least so many.', 'Bebés, mayores y quienes dependen de la electricidad se cuentan entre las personas: diga al menos ese número.', "Bébés, aînés et personnes dépendant de l'électricité comptent parmi les personnes : dites au moins ce nombre.", 'Ti bebe, granmoun ak moun ki depann de kouran konte nan moun yo: di omwen kantite sa a.'],
  ['People and urgency belong to a need, not to an offer or stock.', 'Personas y urgencia son de una necesidad, no de una oferta o existencia.', "Personnes et urgence vont avec un besoin, pas avec une offre ou un stock.", 'Moun ak ijans ale ak yon bezwen, pa ak yon òf oswa yon estòk.'],
  ['Within is one of 6, 24, 72, 168 or 720 hours, not {}.', 'El plazo es de 6, 24, 72, 168 o 720 horas, no {1}.', 'Le délai est de 6, 24, 72, 168 ou 720 heures, pas {1}.', 'Delè a se 6, 24, 72, 168 oswa 720 èdtan, pa {1}.'],
  ['Only stock keeps a reserve.', 'Solo la existencia guarda una reserva.', 'Seul un stock garde une réserve.', 'Se estòk sèlman ki kenbe yon rezèv.'],
  ['Reach belongs to an offer or stock.', 'El alcance es de una oferta o existencia.', 'La portée va avec une offre ou un stock.', 'Distans ale ak yon òf oswa yon estòk.'],
  ['Only a new need gets a ticket.', 'Solo una necesidad nueva recibe ticket.', 'Seul un nouveau besoin reçoit un ticket.', 'Se yon nouvo bezwen sèlman ki jwenn tikè.'],
  ['Words about {} would be read by everybody: leave the text out. Who they are is kept here with a ticket.', 'Todos leerían lo escrito sobre {1}: deje el texto vacío. Quiénes son queda aquí con un ticket.', "Tout le monde lirait les mots sur {1} : laissez le texte vide. Qui ils sont reste ici avec un ticket.", 'Tout moun t ap li mo sou {1}: kite tèks la vid. Kiyès yo ye rete isit la ak yon tikè.'],
  ['The {} is too long or not UTF-8: at most {} bytes fit. Shorten it.', '{1}: es demasiado largo, caben {2} letras. Acórtelo.', "{1} : c'est trop long, {2} lettres au plus. Raccourcissez.", '{1}: li twò long, {2} lèt pou pi plis. Fè l pi kout.'],
  ['Something in it is out of bounds: shorten the texts, or check the numbers and the place.', 'Algo se pasa del límite: acorte los textos o revise los números y el lugar.', 'Quelque chose dépasse les limites : raccourcissez les textes, ou vérifiez les nombres et le lieu.', 'Gen yon bagay ki depase limit yo: fè tèks yo pi kout, oswa verifye chif yo ak kote a.'],
  ['Say where with a site: this node stands nowhere yet. \'aidmesh init\' tells it.', 'Diga dónde con un sitio: este nodo aún no tiene lugar (en el nodo: aidmesh init).', "Dites où avec un site : ce nœud n'est encore nulle part (sur le nœud : aidmesh init).", 'Di ki kote ak yon sit: nœ sa a poko gen kote (sou nœ a: aidmesh init).'],
  ['Nobody said yet where {} is: write degrees or a Plus Code.', 'Nadie ha dicho dónde está {1}: escriba grados o un Plus Code.', "Personne n'a encore dit où est {1} : écrivez des degrés ou un Plus Code.", 'Pèsonn poko di kote {1} ye: ekri degre oswa yon Plus Code.'],
  ['A site needs a name, as people call the place.', 'Un sitio necesita un nombre, como la gente lo llama.', "Un site a besoin d'un nom, comme les gens l'appellent.", 'Yon sit bezwen yon non, jan moun rele kote a.'],
  ['A node needs a name, as people call the place or the person who carries it.', 'Un nodo necesita un nombre, como la gente llama al lugar o a quien lo lleva.', "Un nœud a besoin d'un nom, comme les gens appellent le lieu ou la personne qui le porte.", 'Yon nœ bezwen yon non, jan moun rele kote a oswa moun ki pote l la.'],
  ['Only its author may move {} to another place.', 'Solo su autor puede pasar {1} a otro lugar.', 'Seul son auteur peut mettre {1} ailleurs.', 'Se otè li sèlman ki ka mete {1} yon lòt kote.'],
  ['Only its author or the keepers of its site may change {}. Leave a note about it instead.', 'Solo su autor o los encargados del sitio pueden cambiar {1}. Deje mejor una nota.', 'Seuls son auteur ou les responsables du site peuvent modifier {1}. Laissez plutôt une note.', 'Se otè li oswa responsab sit la sèlman ki ka chanje {1}. Kite yon nòt pito.'],
  ['Somebody changed {} meanwhile: look again, then change what stands now.', 'Alguien cambió {1} entretanto: mire de nuevo y cambie lo que hay ahora.', "Quelqu'un a modifié {1} entre-temps : regardez, puis changez ce qui est là maintenant.", 'Yon moun chanje {1} pandan tan sa a: gade ankò, epi chanje sa ki la kounye a.'],
  ['A newer version stands already: look again, then change that.', 'Ya hay una versión más nueva: mire de nuevo y cambie esa.', 'Une version plus récente existe déjà : regardez, puis changez celle-là.', 'Gen yon vèsyon pi nouvo deja: gade ankò, epi chanje l.'],
  ['What was said or moved is not edited: say what is true now, after it.', 'Lo dicho o movido no se edita: diga después lo que vale ahora.', "Ce qui a été dit ou déplacé ne se modifie pas : dites ensuite ce qui est vrai.", 'Sa yo di oswa deplase pa modifye: di apre sa ki vre kounye a.'],
  ['Goods leave an offer or stock, not a need.', 'Las cosas salen de una oferta o existencia, no de una necesidad.', "Les biens sortent d'une offre ou d'un stock, pas d'un besoin.", 'Bagay yo soti nan yon òf oswa yon estòk, pa nan yon bezwen.'],
  ['Only its holder gives from that stock. Ask for it: the holder decides.', 'Solo quien la tiene da de esa existencia. Pídala: decide quien la tiene.', 'Seul son détenteur donne de ce stock. Demandez : il décide.', 'Se moun ki genyen l sèlman ki bay nan estòk sa a. Mande l: se li ki deside.'],
  ['Say which need the pledge is for.', 'Diga para qué necesidad es la promesa.', 'Dites pour quel besoin est la promesse.', 'Di pou ki bezwen pwomès la ye.'],
  ['Only who pledged it says where it goes. Ask them with a note.', 'Solo quien lo prometió dice adónde va. Pregúntele con una nota.', 'Seul celui qui a promis dit où ça va. Demandez-lui par une note.', 'Se moun ki pwomèt la sèlman ki di kote l ap ale. Mande l ak yon nòt.'],
  ['That pledge is over: it arrived, or was taken back. Pledge for the need anew.', 'Esa promesa terminó: llegó o se retiró. Prometa de nuevo para la necesidad.', 'Cette promesse est finie : arrivée ou retirée. Promettez à nouveau pour le besoin.', 'Pwomès sa a fini: li rive oswa yo retire l. Pwomèt ankò pou bezwen an.'],
  ['It is promised already. Pledge more for the need itself.', 'Ya está prometido. Prometa más para la necesidad misma.', "C'est déjà promis. Promettez plus pour le besoin lui-même.", 'Li pwomèt deja. Pwomèt plis pou bezwen an menm.'],
  ['Say which need it is asked for.', 'Diga para qué necesidad se pide.', 'Dites pour quel besoin on le demande.', 'Di pou ki bezwen yo mande l.'],
  ['Only the place that needs it accepts a pledge: its author or keepers.', 'Solo el lugar que lo necesita acepta una promesa: su autor o encargados.', 'Seul le lieu qui en a besoin accepte une promesse : son auteur ou ses responsables.', 'Se kote ki bezwen l sèlman ki aksepte yon pwomès: otè li oswa responsab yo.'],
  ['Say which need is declined, and from which stock.', 'Diga qué necesidad se rechaza y de qué existencia.', 'Dites quel besoin est refusé, et de quel stock.', 'Di ki bezwen yo refize, ak nan ki estòk.'],
  ['Only who has the stock, or the place that needs it, declines.', 'Solo rechaza quien tiene la existencia o el lugar que la necesita.', 'Seul celui qui a le stock, ou le lieu qui en a besoin, refuse.', 'Se moun ki gen estòk la, oswa kote ki bezwen l, ki ka refize.'],
  ['All of it is noted as sent already. If more left, pledge more for the need itself.', 'Ya consta todo como enviado. Si salió más, prometa más para la necesidad misma.', "Tout est déjà noté comme envoyé. S'il en est parti plus, promettez plus pour le besoin.", 'Tout bagay deja ekri kòm voye. Si plis te pati, pwomèt plis pou bezwen an menm.'],
  ['Say which pledge is released.', 'Diga qué promesa se retira.', 'Dites quelle promesse est retirée.', 'Di ki pwomès yo retire.'],
  ['Only who pledged it may say that it was sent or released.', 'Solo quien lo prometió puede decir que se envió o se retiró.', "Seul celui qui a promis peut dire que c'est parti ou retiré.", 'Se moun ki pwomèt la sèlman ki ka di li voye oswa li retire.'],
  ['All of it is noted as received already. If more came than was promised, note it without the pledge.', 'Ya consta todo como recibido. Si llegó más de lo prometido, anótelo sin la promesa.', "Tout est déjà noté comme reçu. S'il est venu plus que promis, notez-le sans la promesse.", 'Tout bagay deja ekri kòm resevwa. Si plis te vini pase sa yo te pwomèt, ekri l san pwomès la.'],
  ['Say what was received: a pledge, or the need or stock that it was for.', 'Diga qué se recibió: una promesa, o la necesidad o existencia para la que era.', "Dites ce qui est arrivé : une promesse, ou le besoin ou stock que c'était.", 'Di sa ki rive: yon pwomès, oswa bezwen oswa estòk li te pou li a.'],
  ['Only the place where it arrives says that it was received: its author or keepers.', 'Solo el lugar adonde llega dice que se recibió: su autor o encargados.', "Seul le lieu d'arrivée dit que c'est reçu : son auteur ou ses responsables.", 'Se kote li rive a sèlman ki di li resevwa l: otè li oswa responsab yo.'],
  ['Say from which stock it was given.', 'Diga de qué existencia se entregó.', 'Dites de quel stock cela a été remis.', 'Di nan ki estòk yo te bay li.'],
  ['Say which shipment came back or was lost.', 'Diga qué envío volvió o se perdió.', 'Dites quel envoi est revenu ou perdu.', 'Di ki chajman ki tounen oswa ki pèdi.'],
  ['There is no record {} here. \'aidmesh list\' shows those that are.', 'Aquí no hay ningún registro {1}.', "Il n'y a pas d'enregistrement {1} ici.", 'Pa gen anrejistreman {1} isit la.'],
  ['There is no such need here. \'aidmesh list\' shows those that are.', 'Aquí no hay esa necesidad.', "Il n'y a pas ce besoin ici.", 'Pa gen bezwen sa a isit la.'],
  ['Nothing here is called "{}": look it up with /v1/lines or /v1/sites; it may not have arrived yet.', 'Aquí nada se llama «{1}»: quizá aún no ha llegado.', "Rien ici ne s'appelle « {1} » : ce n'est peut-être pas encore arrivé.", 'Pa gen anyen isit la ki rele «{1}»: petèt li poko rive.'],
  ['More than one record is called "{}": use its full ref.', 'Más de un registro se llama «{1}»: use su referencia completa.', "Plus d'un enregistrement s'appelle « {1} » : utilisez sa référence complète.", 'Plis pase yon anrejistreman rele «{1}»: sèvi ak referans konplè li.'],
  ['Several records are called {}: add @ and the author, as \'list --json\' shows it.', 'Varios registros se llaman {1}: añada @ y el autor.', "Plusieurs enregistrements s'appellent {1} : ajoutez @ et l'auteur.", 'Plizyè anrejistreman rele {1}: ajoute @ ak otè a.'],
  ['Several sites are called "{}": use the ref that \'aidmesh list sites\' shows.', 'Varios sitios se llaman «{1}»: use su referencia.', "Plusieurs sites s'appellent « {1} » : utilisez sa référence.", 'Plizyè sit rele «{1}»: sèvi ak referans li.'],
  ['No site is called "{}". \'aidmesh list sites\' shows them; \'aidmesh site\' opens one.', 'Ningún sitio se llama «{1}».', "Aucun site ne s'appelle « {1} ».", 'Pa gen sit ki rele «{1}».'],
  ['No single site is called "{}": open it first with \'aidmesh site\', or use its ref.', 'Ningún sitio único se llama «{1}»: use su referencia.', "Aucun site unique ne s'appelle « {1} » : utilisez sa référence.", 'Pa gen yon sèl sit ki rele «{1}»: sèvi ak referans li.'],
  ['No single site is called "{}": use its ref, as \'aidmesh list sites\' shows it.', 'Ningún sitio único se llama «{1}»: use su referencia.', "Aucun site unique ne s'appelle « {1} » : utilisez sa référence.", 'Pa gen yon sèl sit ki rele «{1}»: sèvi ak referans li.'],
  ['Several nodes are called "{}": use the key that it shows.', 'Varios nodos se llaman «{1}»: use la clave que muestra.', "Plusieurs nœuds s'appellent « {1} » : utilisez la clé qu'il montre.", 'Plizyè nœ rele «{1}»: sèvi ak kle li montre a.'],
  ['No node "{}" was heard here. \'aidmesh list authors\' shows names and keys.', 'Aquí no se ha oído al nodo «{1}»: encuéntrense primero, y vuelva a probar.', "Le nœud « {1} » n'a pas encore été entendu ici : rencontrez-vous d'abord, puis réessayez.", 'Nou poko tande nœ «{1}» isit la: rankontre anvan, epi eseye ankò.'],
  ['A node trusts itself already.', 'Un nodo ya confía en sí mismo.', 'Un nœud se fait déjà confiance.', 'Yon nœ gentan fè tèt li konfyans.'],
  ['Say which site the keeper is for.', 'Diga de qué sitio es el encargado.', 'Dites de quel site il est responsable.', 'Di ki sit responsab la ye.'],
  ['Only the node that opened a site names its keepers.', 'Solo el nodo que abrió un sitio nombra a sus encargados.', 'Seul le nœud qui a ouvert un site nomme ses responsables.', 'Se nœ ki louvri yon sit la sèlman ki nonmen responsab li yo.'],
  ['Say which record the remark is about.', 'Diga de qué registro es la observación.', "Dites de quel enregistrement parle la remarque.", 'Di sou ki anrejistreman remak la ye.'],
  ['Say which record stays, so that the duplicate points to it.', 'Diga qué registro se queda, para que el duplicado lo señale.', 'Dites quel enregistrement reste, pour que le doublon le désigne.', 'Di ki anrejistreman ki rete, pou doub la montre l.'],
  ['Say something: a message or an alert needs a text.', 'Diga algo: un mensaje o una alerta necesita texto.', 'Dites quelque chose : un message ou une alerte veut un texte.', 'Di yon bagay: yon mesaj oswa yon alèt bezwen yon tèks.'],
  ['Say for which site the truck is loaded.', 'Diga para qué sitio se carga el camión.', 'Dites pour quel site le camion est chargé.', 'Di pou ki sit yo chaje kamyon an.'],
  ['That ticket is not of this need: look at the code again.', 'Ese ticket no es de esta necesidad: mire otra vez el código.', "Ce ticket n'est pas de ce besoin : regardez encore le code.", 'Tikè sa a pa pou bezwen sa a: gade kòd la ankò.'],
  ['No open need here has that ticket: look at the code again, or name the need.', 'Ninguna necesidad abierta tiene ese ticket: mire otra vez el código.', "Aucun besoin ouvert n'a ce ticket : regardez encore le code.", 'Pa gen bezwen louvri ki gen tikè sa a: gade kòd la ankò.'],
  ['A ticket is two words and a number, such as BUMEL-TAKIS-417: look at it again.', 'Un ticket son dos palabras y un número, como BUMEL-TAKIS-417: mírelo otra vez.', "Un ticket est deux mots et un nombre, comme BUMEL-TAKIS-417 : regardez encore.", 'Yon tikè se de mo ak yon chif, tankou BUMEL-TAKIS-417: gade l ankò.'],
  ['Many tickets are being made: try again in a moment.', 'Se están haciendo muchos tickets: pruebe en un momento.', 'Beaucoup de tickets sont en cours : réessayez dans un instant.', 'Gen anpil tikè k ap fèt: eseye ankò talè.'],
  ['Not enough memory for a ticket: try again in a moment.', 'No hay memoria para un ticket: pruebe en un momento.', 'Pas assez de mémoire pour un ticket : réessayez dans un instant.', 'Pa gen ase memwa pou yon tikè: eseye ankò talè.'],
  ['This node stands nowhere yet: name a site, or tell it with \'aidmesh init\'.', 'Este nodo aún no tiene lugar: nombre un sitio (o en el nodo: aidmesh init).', "Ce nœud n'est encore nulle part : nommez un site (ou sur le nœud : aidmesh init).", 'Nœ sa a poko gen kote: bay non yon sit (oswa sou nœ a: aidmesh init).'],
  ['Not enough memory: ask again in a moment.', 'Falta memoria: pregunte en un momento.', 'Pas assez de mémoire : redemandez dans un instant.', 'Pa gen ase memwa: mande ankò talè.'],
  ['Not enough memory: try again in a moment.', 'Falta memoria: pruebe en un momento.', 'Pas assez de mémoire : réessayez dans un instant.', 'Pa gen ase memwa: eseye ankò talè.'],
  ['Too much is under way: try again in a moment.', 'Hay demasiado en marcha: pruebe en un momento.', 'Trop de choses en cours : réessayez dans un instant.', 'Gen twòp bagay k ap fèt: eseye ankò talè.'],
  ['Others are still taking large answers: try again in a moment.', 'Otros reciben aún respuestas grandes: pruebe en un momento.', "D'autres reçoivent encore de grandes réponses : réessayez dans un instant.", 'Lòt moun ap pran gwo repons toujou: eseye ankò talè.'],
  ['Many people are writing here: try again in a minute, or ask a volunteer.', 'Mucha gente está escribiendo aquí: pruebe en un minuto o pida ayuda a un voluntario.', 'Beaucoup de gens écrivent ici : réessayez dans une minute, ou demandez à un bénévole.', 'Anpil moun ap ekri isit la: eseye ankò nan yon minit, oswa mande yon volontè.'],
  ['This node keeps its last room for volunteers: ask one of them to write it down.', 'Este nodo guarda su último espacio para los voluntarios: pida a uno que lo anote.', 'Ce nœud garde sa dernière place pour les bénévoles : demandez à l’un d’eux de le noter.', 'Nœ sa a kenbe dènye plas li pou volontè yo: mande youn ladan yo ekri l.'],
  ['This node has said as much as one node may (4096 records): edit or reuse an old one, or write on another node.', 'Este nodo ya dijo todo lo que un nodo puede (4096 registros): cambie uno viejo, o escriba en otro nodo.', "Ce nœud a dit tout ce qu'un nœud peut dire (4096 enregistrements) : modifiez-en un ancien, ou écrivez sur un autre nœud.", 'Nœ sa a di tout sa yon nœ ka di (4096 anrejistreman): chanje yon ansyen, oswa ekri sou yon lòt nœ.'],
  ['This node is full: close or retire records, or raise [node] entries.', 'Este nodo está lleno: cierre registros, o pida a un técnico más espacio.', "Ce nœud est plein : clôturez des enregistrements, ou demandez plus de place à un technicien.", 'Nœ sa a plen: fèmen kèk anrejistreman, oswa mande yon teknisyen plis plas.'],
  ['The date of this node is wrong: set its clock.', 'La fecha de este nodo está mal: ponga su reloj en hora.', "La date de ce nœud est fausse : réglez son horloge.", 'Dat nœ sa a pa bon: mete lè l.'],
  ['The card failed: it was not kept.', 'La tarjeta falló: no se guardó.', 'La carte a lâché : rien n’a été gardé.', 'Kat la gate: li pa kenbe l.'],
  ['The card failed: nothing is kept any more. Replace it, or move the node\'s folder.', 'La tarjeta falló: ya no se guarda nada. Cámbiela.', "La carte a lâché : plus rien n'est gardé. Remplacez-la.", 'Kat la gate: anyen pa kenbe ankò. Chanje l.'],
  ['This node stops: try again later.', 'Este nodo se apaga: pruebe más tarde.', "Ce nœud s'arrête : réessayez plus tard.", 'Nœ sa a ap fèmen: eseye pita.'],
  ['The node refused it.', 'El nodo lo rechazó.', "Le nœud l'a refusé.", 'Nœ a refize l.'],
  ['That is not the volunteers\' PIN.', 'Ese no es el PIN de los voluntarios.', "Ce n'est pas le PIN des bénévoles.", 'Se pa PIN volontè yo.'],
  ['Too many wrong PINs were tried: wait a minute.', 'Se probaron demasiados PIN: espere un minuto.', 'Trop de PIN essayés : attendez une minute.', 'Yo eseye twòp PIN: tann yon minit.'],
  ['Here anyone may read lists, and add needs and notes. For more, send the volunteers\' PIN.', 'Aquí cualquiera puede leer y pedir. Lo demás lo hacen los voluntarios con su PIN.', 'Ici chacun peut lire et demander. Le reste, les bénévoles le font avec leur PIN.', 'Isit la tout moun ka li ak mande. Rès la se volontè yo ki fè l ak PIN yo.'],
  ['Here anyone may read lists, and add needs and notes. This node has no PIN for more: use its control socket.', 'Aquí cualquiera puede leer y pedir. Para más, este nodo no tiene PIN: hágalo en el nodo mismo.', "Ici chacun peut lire et demander. Pour plus, ce nœud n'a pas de PIN : faites-le sur le nœud.", 'Isit la tout moun ka li ak mande. Pou plis, nœ sa a pa gen PIN: fè l sou nœ a menm.'],
  // Answers: what a row is about, and what stands above them
  ['Nobody came by yet, and no bundle was read in.', 'Nadie ha pasado aún, ni se ha leído ningún paquete.', "Personne n'est encore passé, et aucun paquet n'a été lu.", 'Pèsonn poko pase, epi yo poko li okenn pakè.'],
  ['as {people} use it', 'según lo usan {1}', "comme {1} l'utilisent", 'jan {1} sèvi ak li'],
  ['as it went since the count', 'según salió desde el conteo', 'comme il est parti depuis le comptage', 'jan li ale depi konte a'],
  ['more left than was counted: recount it', 'salió más de lo contado: cuéntelo de nuevo', 'il en est sorti plus que compté : recomptez', 'plis soti pase sa yo te konte: rekonte l'],
  ['how fast it goes is not known', 'no se sabe qué tan rápido se acaba', 'on ne sait pas à quelle vitesse ça part', 'yo pa konnen ki vitès l ap fini'],
  ['a stranger\'s word alone', 'solo lo dice un desconocido', "seul un inconnu l'a dit", 'se yon enkoni sèlman ki di l'],
  ['its author\'s word alone', 'solo lo dice su autor', "seul son auteur l'a dit", 'se otè li sèlman ki di l'],
  ['promised, not sent', 'prometido, no enviado', 'promis, pas envoyé', 'pwomèt, poko voye'],
  ['on its way', 'en camino', 'en route', 'nan wout'],
  ['lapsed: it is open again', 'venció: está abierto otra vez', "passé : c'est de nouveau ouvert", 'li ekspire: li louvri ankò'],
  ['still needed?', '¿aún se necesita?', 'toujours utile ?', 'èske li toujou nesesè?'],
  ['leaves every node unless it is renewed', 'se borra de todos los nodos si no se renueva', "quitte tous les nœuds s'il n'est pas renouvelé", 'l ap disparèt sou tout nœ si yo pa renouvle l'],
  ['more came than was asked: count it as stock, then close the need', 'llegó más de lo pedido: cuéntelo como existencia y cierre la necesidad', 'il est venu plus que demandé : comptez-le en stock, puis clôturez le besoin', 'plis vini pase sa yo te mande: konte l kòm estòk, epi fèmen bezwen an'],
  ['the promise lapses', 'vence la promesa', 'la promesse expire', 'pwomès la ap ekspire'],
  ['its weight is an estimate', 'su peso es estimado', 'son poids est estimé', 'pwa li se yon estimasyon'],
  // The plan's reasons
  ['{}: {people}', '{1}: {2}', '{1} : {2}', '{1}: {2}'],
  ['{}: people not counted', '{1}: personas sin contar', '{1} : personnes non comptées', '{1}: yo pa konte moun yo'],
  ['{infants}', '{1}', '{1}', '{1}'],
  ['{} h without', '{1} h sin nada', '{1} h sans rien', '{1} è san anyen'],
  ['due {} h', 'para {1} h', 'pour {1} h', 'pou {1} è'],
  ['not heard for {} h', 'sin noticias desde hace {1} h', 'sans nouvelles depuis {1} h', 'san nouvèl depi {1} è'],
  // What begins with something filled in
  ['"{}" is no quantity: write 120, 12.5, 30 gal, 2 packs of 12 or 3 cases of 24 x 0.5 L.', '«{1}» no es una cantidad: escriba 120, 12.5, 30 gal, 2 packs of 12 o 3 cases of 24 x 0.5 L.', "« {1} » n'est pas une quantité : écrivez 120, 12.5, 30 gal, 2 packs of 12 ou 3 cases of 24 x 0.5 L.", '«{1}» se pa yon kantite: ekri 120, 12.5, 30 gal, 2 packs of 12 oswa 3 cases of 24 x 0.5 L.'],
  ['"{}" may mean thousands or a fraction: write 1200 for the one, 1.2 for the other.', '«{1}» puede ser miles o una fracción: escriba 1200 para lo uno, 1.2 para lo otro.', "« {1} » peut être des milliers ou une fraction : écrivez 1200 pour l'un, 1.2 pour l'autre.", '«{1}» ka vle di milye oswa yon fraksyon: ekri 1200 pou youn, 1.2 pou lòt la.'],
  ['"{}": how much is in one? Write 3 cases of 24 x 0.5 L.', '«{1}»: ¿cuánto trae uno? Escriba 3 cases of 24 x 0.5 L.', '« {1} » : combien dans un ? Écrivez 3 cases of 24 x 0.5 L.', '«{1}»: konbyen ki nan youn? Ekri 3 cases of 24 x 0.5 L.'],
  ['"{}": how much is in one? Write 3 bags of 25 kg.', '«{1}»: ¿cuánto trae uno? Escriba 3 bags of 25 kg.', '« {1} » : combien dans un ? Écrivez 3 bags of 25 kg.', '«{1}»: konbyen ki nan youn? Ekri 3 bags of 25 kg.'],
  ['"{}": how many are in one? Write 2 packs of 12.', '«{1}»: ¿cuántos trae uno? Escriba 2 packs of 12.', '« {1} » : combien dans un ? Écrivez 2 packs of 12.', '«{1}»: konbyen ki nan youn? Ekri 2 packs of 12.'],
  ['"{}" is too little to be counted here: write how many.', '«{1}» es muy poco para contarlo así: escriba cuántos.', '« {1} » est trop peu pour être compté ainsi : écrivez combien.', '«{1}» twò piti pou konte konsa: ekri konbyen.'],
  ['"{}" does not fit: what is not in the catalogue has no unit. Write the number alone, and the unit into the words.', '«{1}» no va: lo que no está en el catálogo no tiene unidad. Escriba solo el número, y la unidad en las palabras.', "« {1} » ne va pas : ce qui n'est pas au catalogue n'a pas d'unité. Écrivez le nombre seul, et l'unité dans les mots.", '«{1}» pa mache: sa ki pa nan katalòg la pa gen inite. Ekri chif la sèlman, epi inite a nan mo yo.'],
  ['"{}" does not fit: {} is counted in {}.', '«{1}» no va: {2} se cuenta en {3}.', '« {1} » ne va pas : {2} se compte en {3}.', '«{1}» pa mache: {2} konte an {3}.'],
  ['{} must be a number such as {}, or with a unit such as 30 gal or 2 packs of 12.', '{1} es un número como 12.5, con punto, o con unidad, como 30 gal o 2 packs of 12.', '{1} est un nombre comme 12.5, avec un point, ou avec une unité, comme 30 gal ou 2 packs of 12.', '{1} se yon chif tankou 12.5, ak yon pwen, oswa ak yon inite, tankou 30 gal oswa 2 packs of 12.'],
  ['{} has more than three decimals: round it.', '{1} tiene más de tres decimales: redondee.', '{1} a plus de trois décimales : arrondissez.', '{1} gen plis pase twa desimal: awondi l.'],
  ['{} is above 34 million: use several lines.', '{1} pasa de 34 millones: use varias líneas.', '{1} dépasse 34 millions : utilisez plusieurs lignes.', '{1} depase 34 milyon: sèvi ak plizyè liy.'],
  ['"{}" was taken as {} ({}).', '«{1}» se tomó como {2} ({3}).', '« {1} » a été compris comme {2} ({3}).', 'Yo pran «{1}» kòm {2} ({3}).'],
  ['"{}" was kept as words; it may be {}.', '«{1}» quedó como palabras; puede ser {2}.', '« {1} » est resté en mots ; cela peut être {2}.', '«{1}» rete kòm mo; li ka {2}.'],
  ['"{}" is no place: write degrees such as 35.1,-77.04, a Plus Code such as 8773XW44+22, or the name of a site.', '«{1}» no es un lugar: escriba grados como 35.1,-77.04, un Plus Code como 8773XW44+22 o el nombre de un sitio.', "« {1} » n'est pas un lieu : écrivez des degrés comme 35.1,-77.04, un Plus Code comme 8773XW44+22, ou le nom d'un site.", '«{1}» se pa yon kote: ekri degre tankou 35.1,-77.04, yon Plus Code tankou 8773XW44+22, oswa non yon sit.'],
  ['"{}" is no place on Earth: latitude is -90 to 90, longitude -180 to 180, and a Plus Code has at least four digits.', '«{1}» no está en la Tierra: latitud de -90 a 90, longitud de -180 a 180, y un Plus Code tiene al menos cuatro signos.', "« {1} » n'est pas sur Terre : latitude de -90 à 90, longitude de -180 à 180, et un Plus Code a au moins quatre signes.", '«{1}» pa sou Latè: latitid -90 rive 90, lonjitid -180 rive 180, epi yon Plus Code gen omwen kat siy.'],
  ['{} is a short Plus Code, and this node stands nowhere yet: write the whole code, such as 8773XW44+22.', '{1} es un Plus Code corto y este nodo aún no tiene lugar: escriba el código entero, como 8773XW44+22.', "{1} est un Plus Code court, et ce nœud n'est encore nulle part : écrivez le code entier, comme 8773XW44+22.", '{1} se yon Plus Code kout, epi nœ sa a poko gen kote: ekri tout kòd la, tankou 8773XW44+22.'],
  ['{} of them have no known weight: weigh them.', 'De {1} no se sabe el peso: péselos.', "{1} d'entre eux n'ont pas de poids connu : pesez-les.", '{1} ladan yo pa gen pwa konnen: peze yo.'],
  ['{}, as the catalogue has it (a suggestion): change it where you know better.', '{1}, según el catálogo (una sugerencia): cámbielo si sabe mejor.', "{1}, selon le catalogue (une suggestion) : changez si vous savez mieux.", '{1}, jan katalòg la di (yon sijesyon): chanje l si w konnen pi byen.'],
  ['{}, as the catalogue has it: change it where you know better.', '{1}, según el catálogo: cámbielo si sabe mejor.', "{1}, selon le catalogue : changez si vous savez mieux.", '{1}, jan katalòg la di: chanje l si w konnen pi byen.'],
  ['{} for {people}? Usual is {} for {days}.', '¿{1} para {2}? Lo usual es {3} para {4}.', '{1} pour {2} ? Le plus courant est {3} pour {4}.', '{1} pou {2}? Dabitid se {3} pou {4}.'],
  ['{} for {people}? Usual is {}.', '¿{1} para {2}? Lo usual es {3}.', '{1} pour {2} ? Le plus courant est {3}.', '{1} pou {2}? Dabitid se {3}.'],
  ['{} is full. Bring it there all the same?', '{1} está lleno. ¿Llevarlo allí de todos modos?', "{1} est plein. L'y apporter quand même ?", '{1} plen. Pote l la kanmenm?'],
  ['{} is {}. Bring it there all the same?', '{1}: {2}. ¿Llevarlo allí de todos modos?', "{1} : {2}. L'y apporter quand même ?", '{1}: {2}. Pote l la kanmenm?'],
  ['{} does not take {} ({}). Bring it there all the same?', '{1} no recibe {2} ({3}). ¿Llevarlo allí de todos modos?', "{1} n'accepte pas {2} ({3}). L'y apporter quand même ?", '{1} pa pran {2} ({3}). Pote l la kanmenm?'],
  ['{}? {} is left there, beyond what is promised.', '¿{1}? Allí quedan {2}, fuera de lo prometido.', '{1} ? Il y reste {2}, hors promesses.', '{1}? Gen {2} ki rete la, apa sa yo pwomèt.'],
  ['{} is not a {}.', '{1} no sirve aquí: es otra cosa.', "{1} ne va pas ici : c'est autre chose.", '{1} pa bon isit la: se yon lòt bagay.'],
  ['{} = {}, at about {} kg each.', '{1} = {2}, a unos {3} kg cada uno.', '{1} = {2}, à environ {3} kg pièce.', '{1} = {2}, anviwon {3} kg chak.'],
  ['{} = {}, at {} kg each.', '{1} = {2}, a {3} kg cada uno.', '{1} = {2}, à {3} kg pièce.', '{1} = {2}, {3} kg chak.'],
  ['{} = {}, at about {} kg a {}.', '{1} = {2}, a unos {3} kg por {4}.', '{1} = {2}, à environ {3} kg par {4}.', '{1} = {2}, anviwon {3} kg pa {4}.'],
  ['{} = {}, at {} kg a {}.', '{1} = {2}, a {3} kg por {4}.', '{1} = {2}, à {3} kg par {4}.', '{1} = {2}, {3} kg pa {4}.'],
  ['{} = {}.', '{1} = {2}.', '{1} = {2}.', '{1} = {2}.'],
  ['{amount} = {days}', '{1} = {2}', '{1} = {2}', '{1} = {2}'],
  ['{amount}', '{1}', '{1}', '{1}'],
];
const COUNTS = {
  people: ['(?:people|person)', ['persona', 'personas'], ['personne', 'personnes'], ['moun', 'moun']],
  infants: ['infants?', ['bebé', 'bebés'], ['bébé', 'bébés'], ['ti bebe', 'ti bebe']],
  days: ['days?', ['día', 'días'], ['jour', 'jours'], ['jou', 'jou']],
};
let patterns;
const compile = () => SAYS.map(row => {
  const kinds = [], literal = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = row[0].split(/\{(\w*)\}/).map((part, i) => {
    if (i % 2 === 0) return literal(part);
    kinds.push(part);
    return part === 'amount' ? '([0-9.]+ [^,.=?]+?)' : part ? '([0-9.]+) ' + COUNTS[part][0] : '(.+?)';
  }).join('');
  return [new RegExp('^' + pattern + '( |, |$)'), kinds, row];
});
// One or more sentences of the node in language 1, 2 or 3; null where one of them is not known here. `word` is given what
// was filled in, and says it in that language.
function translated(text, language, word) {
  let out = '';
  patterns = patterns || compile();
  for (let rest = text, hit; rest; rest = rest.slice(hit[0].length)) {
    const known = patterns.find(([pattern]) => (hit = pattern.exec(rest)));
    if (!known) return null;
    const [, kinds, row] = known, between = hit[hit.length - 1];
    out += row[language].replace(/\{(\d)\}/g, (_, n) => {
      const value = hit[n], kind = kinds[n - 1];
      return COUNTS[kind] ? value + ' ' + COUNTS[kind][language][value === '1' ? 0 : 1] : word(value);
    }) + between;
  }
  return out;
}
