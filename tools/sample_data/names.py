"""What the sample's rows are made of. Given names and family names are common ones, put together by chance."""

BENEFICIARIES = ["AL", "BA", "XK", "ME", "MK", "RS"]
MEMBER_STATES = {"DE": "Germany", "FR": "France", "IT": "Italy", "NL": "Netherlands", "AT": "Austria", "HR": "Croatia", "SI": "Slovenia",
                 "BE": "Belgium", "ES": "Spain", "BG": "Bulgaria", "GR": "Greece", "SE": "Sweden"}

WOMEN = {
    "AL": ["Arta", "Blerina", "Drita", "Elona", "Mirela", "Entela", "Anila", "Valbona"],
    "BA": ["Amra", "Lejla", "Selma", "Jasmina", "Ivana", "Dragana", "Emina", "Sanja"],
    "XK": ["Vjosa", "Teuta", "Besa", "Shpresa", "Albulena", "Jehona", "Fatbardha", "Liridona"],
    "ME": ["Milica", "Jelena", "Tijana", "Marija", "Ksenija", "Andrijana", "Danijela", "Vesna"],
    "MK": ["Елена", "Билјана", "Снежана", "Гордана", "Ана", "Марија", "Весна", "Катерина"],
    "RS": ["Јована", "Снежана", "Ивана", "Драгана", "Катарина", "Милена", "Тамара", "Наташа"],
}
MEN = {
    "AL": ["Agron", "Besnik", "Ilir", "Arben", "Gentian", "Luan", "Altin", "Dritan"],
    "BA": ["Adnan", "Emir", "Haris", "Mirza", "Goran", "Davor", "Nermin", "Zoran"],
    "XK": ["Burim", "Driton", "Faton", "Kushtrim", "Visar", "Valon", "Arsim", "Nenad"],
    "ME": ["Nikola", "Marko", "Vuk", "Balša", "Darko", "Saša", "Miloš", "Radovan"],
    "MK": ["Александар", "Горан", "Дејан", "Зоран", "Игор", "Методи", "Сашо", "Трајче"],
    "RS": ["Душан", "Милан", "Ненад", "Предраг", "Слободан", "Зоран", "Ђорђе", "Никола"],
}
FAMILIES = {
    "AL": ["Hoxha", "Shehu", "Dervishi", "Leka", "Gjoka", "Kola", "Prifti", "Çela", "Basha", "Kuqi"],
    "BA": ["Hadžić", "Begić", "Kovačević", "Delić", "Marić", "Đurić", "Halilović", "Tomić", "Softić", "Babić"],
    "XK": ["Krasniqi", "Gashi", "Berisha", "Hyseni", "Shala", "Bytyqi", "Morina", "Rexhepi", "Thaçi", "Jovanović"],
    "ME": ["Vuković", "Radulović", "Popović", "Knežević", "Bošković", "Perović", "Šćepanović", "Đukanov", "Kaluđerović", "Marović"],
    "MK": ["Стојановска", "Петровски", "Илиевски", "Трајковска", "Ристовски", "Јовановски", "Андонов", "Ѓорѓиевски", "Кузманова", "Спасов"],
    "RS": ["Петровић", "Николић", "Ђорђевић", "Стојановић", "Јовић", "Павловић", "Живковић", "Љубичић", "Шурлан", "Тодоровић"],
}

# name, name in English, kind, place
INSTITUTIONS = {
    "AL": [("Prokuroria e Përgjithshme", "General Prosecution Office", "prosecution_office", "Tirana"),
           ("Prokuroria e Posaçme kundër Korrupsionit dhe Krimit të Organizuar", "Special Prosecution Office against Corruption and Organised Crime", "special_prosecution_office", "Tirana"),
           ("Policia e Shtetit", "State Police", "police", "Tirana"),
           ("Ministria e Drejtësisë", "Ministry of Justice", "ministry_of_justice", "Tirana")],
    "BA": [("Tužilaštvo Bosne i Hercegovine", "Prosecutor's Office of Bosnia and Herzegovina", "prosecution_office", "Sarajevo"),
           ("Državna agencija za istrage i zaštitu", "State Investigation and Protection Agency", "police", "Sarajevo"),
           ("Ministarstvo pravde Bosne i Hercegovine", "Ministry of Justice of Bosnia and Herzegovina", "ministry_of_justice", "Sarajevo"),
           ("Republičko javno tužilaštvo Republike Srpske", "Republic Public Prosecutor's Office of Republika Srpska", "prosecution_office", "Banja Luka")],
    "XK": [("Prokurori i Shtetit", "State Prosecutor", "prosecution_office", "Pristina"),
           ("Prokuroria Speciale", "Special Prosecution Office", "special_prosecution_office", "Pristina"),
           ("Policia", "Police", "police", "Pristina"),
           ("Ministria e Drejtësisë (Prishtinë)", "Ministry of Justice", "ministry_of_justice", "Pristina")],
    "ME": [("Vrhovno državno tužilaštvo", "Supreme State Prosecutor's Office", "prosecution_office", "Podgorica"),
           ("Specijalno državno tužilaštvo", "Special State Prosecutor's Office", "special_prosecution_office", "Podgorica"),
           ("Uprava policije", "Police Directorate", "police", "Podgorica"),
           ("Ministarstvo pravde (Podgorica)", "Ministry of Justice", "ministry_of_justice", "Podgorica")],
    "MK": [("Јавно обвинителство на Република Северна Македонија", "Public Prosecutor's Office of North Macedonia", "prosecution_office", "Skopje"),
           ("Основно јавно обвинителство за гонење организиран криминал и корупција", "Basic Public Prosecutor's Office for Organised Crime and Corruption", "special_prosecution_office", "Skopje"),
           ("Министерство за внатрешни работи", "Ministry of Interior", "ministry_of_interior", "Skopje"),
           ("Министерство за правда", "Ministry of Justice", "ministry_of_justice", "Skopje")],
    "RS": [("Врховно јавно тужилаштво", "Supreme Public Prosecutor's Office", "prosecution_office", "Belgrade"),
           ("Јавно тужилаштво за организовани криминал", "Public Prosecutor's Office for Organised Crime", "special_prosecution_office", "Belgrade"),
           ("Министарство унутрашњих послова", "Ministry of Interior", "ministry_of_interior", "Belgrade"),
           ("Министарство правде (Београд)", "Ministry of Justice", "ministry_of_justice", "Belgrade")],
}
HOSTS = [("Eurojust", "European Union Agency for Criminal Justice Cooperation", "eu_agency", "NL", "The Hague"),
         ("Europol", "European Union Agency for Law Enforcement Cooperation", "eu_agency", "NL", "The Hague"),
         ("Procura della Repubblica di Roma", "Public Prosecutor's Office of Rome", "prosecution_office", "IT", "Rome")]

CATEGORY_OF = {"prosecution_office": "prosecutor", "special_prosecution_office": "prosecutor", "police": "police_officer",
               "ministry_of_justice": "justice_official", "ministry_of_interior": "interior_official"}
PLACES = {"AL": "Tirana", "BA": "Sarajevo", "XK": "Pristina", "ME": "Podgorica", "MK": "Skopje", "RS": "Belgrade"}

TRAININGS = [("mutual_legal_assistance", "Mutual legal assistance in practice"), ("joint_investigation_teams", "Setting up a joint investigation team"),
             ("cybercrime", "Electronic evidence across borders"), ("finance", "Financial investigation and asset recovery"),
             ("trafficking", "Trafficking in human beings: victims as witnesses"), ("data_protection", "Data protection in criminal matters"),
             ("criminal_analysis", "Criminal analysis: from data to product"), ("corruption", "Prosecuting high-level corruption")]
CRIMES = ["swindling_and_fraud", "organised_crime", "money_laundering", "drug_trafficking", "trafficking_in_human_beings", "migrant_smuggling",
          "cybercrime", "corruption", "terrorism", "illegal_firearms"]
SUPPORT = ["mutual_legal_assistance", "joint_investigation_team", "coordination", "operational_advice", "extradition", "asset_recovery"]
