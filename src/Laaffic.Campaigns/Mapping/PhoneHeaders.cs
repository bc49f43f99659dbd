namespace Laaffic.Campaigns.Mapping;

/// <summary>What columns of phone numbers are usually called. Only to propose a mapping: nothing is mapped by guess.</summary>
internal static class PhoneHeaders
{
    // Mobile numbers first: an agent's calls are for a person.
    private static readonly string[] Usual =
    [
        .. (string[])
            ["mobile phone", "mobile", "mobile number", "mobile no", "mobile no.", "cell phone", "cell", "cellphone", "cell number"],
        .. (string[])
            [
                "手机",
                "手机号",
                "手机号码",
                "移动电话",
                "行動電話",
                "手機",
                "手機號碼",
                "行動電話號碼",
                "携帯電話",
                "携帯",
                "携帯番号",
                "携帯電話番号",
            ],
        .. (string[])["휴대폰", "휴대전화", "핸드폰", "휴대폰번호", "휴대폰 번호", "휴대전화번호", "핸드폰번호", "핸드폰 번호"],
        .. (string[])["handy", "handynummer", "mobil", "mobilnummer", "mobiltelefon", "mobiel", "mobiele nummer", "gsm", "natel"],
        .. (string[])["portable", "mobile (portable)", "téléphone portable", "numéro de portable", "móvil", "teléfono móvil", "celular"],
        .. (string[])["teléfono celular", "telemóvel", "cellulare", "telefono cellulare", "komórka", "telefon komórkowy", "cep telefonu"],
        .. (string[])
            ["мобильный", "мобильный телефон", "мобільний", "di động", "số di động", "มือถือ", "เบอร์มือถือ", "ponsel", "no hp", "no. hp"],
        .. (string[])
            [
                "nomor hp",
                "nomor ponsel",
                "hp",
                "no handphone",
                "nomor handphone",
                "handphone",
                "الجوال",
                "رقم الجوال",
                "المحمول",
                "הטלפון הנייד",
                "נייד",
            ],
        .. (string[])["मोबाइल", "मोबाइल नंबर", "মোবাইল", "মোবাইল নম্বর", "msisdn", "whatsapp", "whatsapp number", "phone 1 - value"],
        .. (string[])
            ["phone number", "phone", "phone no", "phone no.", "telephone", "telephone number", "tel", "tel.", "tel no", "contact number"],
        .. (string[])
            ["contact no", "contact no.", "contact phone", "primary phone", "work phone", "business phone", "home phone", "main phone"],
        .. (string[])["callee number", "callee", "number", "numbers", "customer phone", "billing phone", "shipping phone", "phone_number"],
        .. (string[])["mobile_phone", "mobile_number", "phonenumber", "mobilephone", "mobilenumber", "phone1", "tel1", "electronic phone"],
        .. (string[])
            [
                "电话",
                "电话号码",
                "联系电话",
                "联系方式",
                "電話",
                "電話號碼",
                "聯絡電話",
                "連絡電話",
                "電話番号",
                "連絡先",
                "연락처",
                "전화",
                "전화번호",
            ],
        .. (string[])
            ["telefon", "telefonnummer", "rufnummer", "telefoonnummer", "telefoon", "téléphone", "numéro de téléphone", "tél", "tél."],
        .. (string[])
            ["teléfono", "número de teléfono", "telefone", "número de telefone", "telefono", "numero di telefono", "numer telefonu"],
        .. (string[])
            [
                "телефон",
                "номер телефона",
                "номер",
                "номер телефону",
                "điện thoại",
                "số điện thoại",
                "sđt",
                "sdt",
                "เบอร์โทร",
                "เบอร์โทรศัพท์",
            ],
        .. (string[])
            [
                "โทรศัพท์",
                "หมายเลขโทรศัพท์",
                "telepon",
                "nomor telepon",
                "no telepon",
                "no telp",
                "no. telp",
                "no. telepon",
                "nombor telefon",
            ],
        .. (string[])
            [
                "no telefon",
                "no. telefon",
                "هاتف",
                "الهاتف",
                "رقم الهاتف",
                "تلفون",
                "טלפון",
                "מספר טלפון",
                "फ़ोन",
                "फोन",
                "फ़ोन नंबर",
                "फोन नंबर",
            ],
        .. (string[])
            [
                "puhelin",
                "puhelinnumero",
                "telefonszám",
                "τηλέφωνο",
                "κινητό",
                "telefón",
                "telefonní číslo",
                "mobil číslo",
                "شماره تلفن",
                "موبایل",
            ],
    ];

    private static readonly Dictionary<string, int> Ranks = Usual
        .Select(HeaderRow.Bare)
        .Distinct(StringComparer.Ordinal)
        .Select((name, rank) => (name, rank))
        .ToDictionary(x => x.name, x => x.rank, StringComparer.Ordinal);

    /// <summary>Those of a list's headers that usually mean a phone number, the likeliest first.</summary>
    public static IReadOnlyList<string> Among(IReadOnlyList<string> headers) =>
        [
            .. headers
                .Select(header => (header, rank: Ranks.GetValueOrDefault(HeaderRow.Bare(header.Replace('_', ' ')), int.MaxValue)))
                .Where(x => x.rank < int.MaxValue)
                .OrderBy(x => x.rank)
                .Select(x => x.header)
                .Distinct(StringComparer.Ordinal),
        ];
}
