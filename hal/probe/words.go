package probe

// sentence is what is the matter and what to do about it.
type sentence struct{ reason, remedy Text }

var (
	notConfigured = sentence{
		Text{"Das Gerät ist angesteckt, aber nicht in Betrieb: meist zu wenig Strom.", "The device is plugged in but not running: usually too little power."},
		Text{"Gerät direkt an die Kasse oder mit eigenem Netzteil anschließen.", "Plug it straight into the box, or give it its own power supply."}}
	printerWithoutDriver = sentence{
		Text{"Der Drucker ist angesteckt, antwortet dem System aber nicht.", "The printer is plugged in but the system cannot reach it."},
		Text{"Drucker aus- und einschalten, dann Kabel neu stecken.", "Switch the printer off and on, then plug its cable in again."}}
	printerVendorMode = sentence{
		Text{"Der Drucker steht im herstellereigenen USB-Modus.", "The printer is in its maker's own USB mode."},
		Text{"Am Drucker die USB-Klasse auf „Drucker“ stellen (DIP-Schalter oder Menü).", "Set the printer's USB class to “printer” (DIP switch or menu)."}}
	noMedium = sentence{
		Text{"Im Kartenleser steckt keine Karte.", "There is no card in the reader."},
		Text{"Karte einstecken.", "Insert the card."}}
	notMounted = sentence{
		Text{"Der Datenträger ist noch nicht eingebunden.", "The medium is not mounted yet."},
		Text{"Einen Moment warten; bleibt es so, Stick neu stecken.", "Wait a moment; if it stays like this, plug the stick in again."}}
	noStorageNode = sentence{
		Text{"Der Stick ist angesteckt, zeigt aber keinen Datenträger.", "The stick is plugged in but shows no medium."},
		Text{"Stick abziehen, zehn Sekunden warten, wieder stecken.", "Pull the stick, wait ten seconds, plug it in again."}}
	tseReadOnly = sentence{
		Text{"Die TSE ist nur lesbar eingebunden und kann nicht signieren.", "The TSE is mounted read-only and cannot sign."},
		Text{"Schreibschutz am Kartenadapter prüfen, TSE neu stecken.", "Check the adapter's write protection, plug the TSE in again."}}
	volumeHangs = sentence{
		Text{"Der Datenträger antwortet nicht.", "The medium does not answer."},
		Text{"Stick abziehen, zehn Sekunden warten, wieder stecken.", "Pull the stick, wait ten seconds, plug it in again."}}
	tseBehindHub = sentence{
		Text{"Zwischen Kasse und TSE steckt ein USB-Verteiler; das führt zu Ausfällen.", "There is a USB hub between box and TSE; that leads to outages."},
		Text{"TSE direkt an die Kasse stecken.", "Plug the TSE straight into the box."}}
	unplugged = sentence{
		Text{"Das Gerät wurde abgezogen oder ausgeschaltet.", "The device was unplugged or switched off."},
		Text{"Wieder anstecken und einschalten, an beliebiger Buchse.", "Plug it in again and switch it on, any socket will do."}}
	notPlugged = sentence{
		Text{"Das Gerät für diese Aufgabe ist nicht angesteckt.", "The device for this duty is not plugged in."},
		Text{"Gerät anstecken und einschalten, oder ein anderes wählen.", "Plug it in and switch it on, or choose another one."}}
	noneChosen = sentence{
		Text{"Für diese Aufgabe ist noch kein Gerät gewählt.", "No device is chosen for this duty yet."},
		Text{"Gerät anstecken und auf der Geräteseite wählen.", "Plug a device in and choose it on the devices page."}}
	otherPort = sentence{
		Text{"Das Gerät steckt an einer anderen Buchse als bisher.", "The device is on another socket than before."},
		Text{"Auf der Geräteseite bestätigen, dass es dasselbe ist.", "Confirm on the devices page that it is the same one."}}
	twinDevices = sentence{
		Text{"Baugleiche Geräte ohne eigene Seriennummer: unklar, welches gemeint ist.", "Devices of one make without serial numbers of their own: unclear which one is meant."},
		Text{"Gerät an die alte Buchse stecken oder auf der Geräteseite wählen.", "Plug it into its old socket, or choose it on the devices page."}}
	twoDuties = sentence{
		Text{"Das Gerät hat schon eine andere Aufgabe.", "The device already has another duty."},
		Text{"Für eine der beiden Aufgaben ein anderes Gerät wählen.", "Choose another device for one of the two duties."}}
	printerNotThere = sentence{
		Text{"Unter dieser Adresse ist kein Gerät im Netz.", "No device in the network has this address."},
		Text{"Drucker einschalten, Netzwerkkabel und Adresse prüfen.", "Switch the printer on; check its network cable and the address."}}
	printerRefuses = sentence{
		Text{"Das Gerät lehnt die Verbindung ab: es druckt für eine andere Kasse oder ist kein Bondrucker.", "The device refuses: it prints for another till, or is no receipt printer."},
		Text{"Andere Verbindungen zum Drucker beenden, Adresse prüfen.", "End other connections to the printer; check the address."}}
	printerSilent = sentence{
		Text{"Der Drucker antwortet nicht: er ist aus oder mit einer anderen Kasse verbunden.", "The printer does not answer: it is off, or connected to another till."},
		Text{"Drucker einschalten; bleibt es so, Drucker aus- und wieder einschalten.", "Switch the printer on; if that does not help, off and on again."}}
	printerUnreachable = sentence{
		Text{"Der Drucker ist im Netz nicht erreichbar.", "The printer cannot be reached in the network."},
		Text{"Netzwerkkabel und Adresse prüfen.", "Check the network cable and the address."}}
)
