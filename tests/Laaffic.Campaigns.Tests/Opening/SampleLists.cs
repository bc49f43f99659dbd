using System.Globalization;
using System.Text;

namespace Laaffic.Campaigns.Tests.Opening;

/// <summary>Lists such as a bank or a shop exports, in many languages.</summary>
internal static class SampleLists
{
    /// <summary>Each language with the encoding that its lists are exported in.</summary>
    public static readonly IReadOnlyList<SampleList> All =
    [
        new(
            "Chinese",
            "gb18030",
            "姓名,手机号码,金额",
            "张伟 王芳 李娜 刘洋 陈静 杨磊 赵敏 黄勇 周杰 吴艳 徐涛 孙丽 胡明 朱超 高霞 林平 何刚 郭桂英 马玉兰 罗建华 梁志强 宋海燕 郑晓东 谢婷婷 韩雪 唐雨欣 冯浩然 董思琪 萧瑾瑜 程子涵 "
                + "欧阳修远 司马光 诸葛亮 曹鑫 袁梓萱 邓嘉怡 许俊杰 傅国栋 沈佳宜 曾庆红"
        ),
        new(
            "Chinese of Taiwan",
            "big5",
            "姓名,行動電話,金額",
            "陳怡君 林志明 黃淑芬 張家豪 李宗翰 王雅婷 吳佩珊 劉冠宇 蔡依林 楊承恩 許瑋甯 鄭俊傑 謝欣穎 洪美玲 郭靜宜 邱柏翰 曾惠雯 廖偉哲 賴佳穎 徐國榮 周麗華 葉詩涵 蘇郁雯 莊智凱 呂秀蓮 "
                + "江建宏 何明德 蕭慶輝 羅嘉玲 高金素梅 歐陽娜娜 范姜彥廷"
        ),
        new(
            "Japanese",
            "shift_jis",
            "氏名,電話番号,金額",
            "佐藤健一 鈴木さくら 高橋翔太 田中美咲 伊藤ヒカル 渡辺直樹 山本由美子 中村大輔 小林あゆみ 加藤浩 吉田ケンジ 山田花子 佐々木誠 山口えり 松本隆 井上真理 木村拓哉 林かおり 清水リョウ 山崎努 "
                + "森本まさひろ 池田昭子 橋本環奈 阿部寛 石川みなみ 前田敦 藤田ニコル 後藤真希 長谷川博 近藤勇 サトウタロウ ヤマダハナコ"
        ),
        new(
            "Korean",
            "euc-kr",
            "이름,전화번호,금액",
            "김민준 이서연 박지훈 최수빈 정예은 강도윤 조하은 윤서준 장미란 임재현 한지민 오세훈 서은지 신동엽 권나라 황정민 안성기 송혜교 류준열 전지현 홍길동 고현정 문재원 양세찬 손흥민 배수지 백종원 허경환 남주혁 "
                + "심은경 노홍철 하정우 곽도원 성시경 차은우 주지훈 우상혁 구교환 민효린 진선규"
        ),
        new(
            "Russian",
            "windows-1251",
            "Имя,Телефон,Сумма",
            "Иванов Смирнова Кузнецов Попова Васильев Петрова Соколов Михайлова Новиков Фёдорова Морозов Волкова Алексеев "
                + "Лебедева Семёнов Егорова Павлов Козлова Степанов Николаева Орлов Андреева Макаров Никитина Захаров "
                + "Зайцева Соловьёв Борисова Яковлев Григорьева Романов Воробьёва Щербаков Цветкова Юрьев Эльдаров"
        ),
        new(
            "German",
            "windows-1252",
            "Name,Telefon,Straße",
            "Müller Schmidt Schäfer Weber Köhler Wagner Krüger Becker Schröder Hoffmann Koch Bauer Günther Groß Jäger "
                + "Vögel Böhm Weiß Kühn Krämer Häußler Bäcker Löwe Dörr Süß Fröhlich Größmann Übelhör Österreicher Ähnlich"
        ),
        new(
            "French",
            "windows-1252",
            "Prénom,Téléphone,Montant dû",
            "Renée François Hélène Jérôme Zoé Gaël Noëlle Benoît Chloé André Thérèse Geneviève Maël Élodie Cécile Frédéric "
                + "Sébastien Aurélie Béatrice Stéphane Gérard Joël Raphaël Anaïs Irène Agnès Françoise Grégoire Valérie Mélanie "
                + "Pénélope Côme Jean Marie Lefèvre Bérubé Crêpeau Forêt"
        ),
        new(
            "Spanish",
            "windows-1252",
            "Nombre,Teléfono,Dirección",
            "José María Núñez Muñoz Peña Jiménez Hernández García Martínez López González Pérez Sánchez Ramírez Gutiérrez "
                + "Ibáñez Yáñez Ordóñez Martín Suárez Díaz Álvarez Vázquez Rodríguez Fernández Gómez Domínguez Benítez Cortés "
                + "Ángel Íñigo Andrés Agüero Concepción"
        ),
        new(
            "a web shop",
            "windows-1252",
            "Name,Phone,City",
            "Müller José Renée Núñez François Jørgensen Søren Åsa Björk Øystein Gonçalves João Conceição Hélène Schröder "
                + "Nicolò Célia Mårten Gößling Niño Muñoz Zoë Thérèse Kjær Strauß Jürgen Pérez Ibáñez Lefèvre Loïc Smith Jones"
        ),
        new(
            "Polish",
            "windows-1250",
            "Imię,Telefon,Miejscowość",
            "Łukasz Małgorzata Paweł Michał Wiśniewski Wójcik Kamiński Lewandowska Zieliński Szymański Woźniak Dąbrowska "
                + "Kozłowski Jabłońska Kwiatkowski Piątek Mróz Żak Śliwa Ćwik Krawczyk Wróbel Głowacka Gołąb Stępień "
                + "Wesołowska Grześkowiak Łęcki Zając Król Pająk Żółć"
        ),
        new(
            "Czech",
            "windows-1250",
            "Jméno,Číslo,Částka",
            "Jiří Tomáš Veronika Kateřina Novák Svobodová Dvořák Černý Procházka Kučerová Veselý Horák Němcová Pokorný "
                + "Marešová Pospíšil Hájková Král Růžička Beneš Fiala Sedláčková Doležal Zeman Kolář Krejčí Navrátil Čermák "
                + "Vaněk Šimůnková Žák Ďurica Ťoupal Řehoř Štěpánek"
        ),
        new(
            "Hungarian",
            "windows-1250",
            "Név,Telefonszám,Összeg",
            "Kovács Szabó Tóth Nagy Horváth Varga Kiss Molnár Németh Farkas Balogh Papp Takács Juhász Lakatos Mészáros "
                + "Oláh Simon Rácz Fekete Szőke Erdős Győri Hegedűs Szűcs Bíró Fülöp Kertész Török Lőrinc Ödön Őze Csűrös"
        ),
        new(
            "Turkish",
            "windows-1254",
            "Adı,Telefon,Şehir",
            "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç "
                + "Kurt Özkan Şimşek Ayşe İbrahim Gökhan Uğur Tuğba Çağla Ümit Gülşen Işık Güneş Bağcı Ağaoğlu İpek Sarıoğlu"
        ),
        new(
            "Greek",
            "windows-1253",
            "Όνομα,Τηλέφωνο,Ποσό",
            "Παπαδόπουλος Γεωργίου Δημητρίου Νικολάου Ιωάννου Κωνσταντίνου Αθανασίου Βασιλείου Οικονόμου Αλεξίου Μαρία "
                + "Ελένη Γιώργος Γιάννης Κώστας Δήμητρα Σοφία Άννα Ευαγγελία Θεόδωρος Χρήστος Παναγιώτης Ψαρράς Ξένια Φώτης Ζωή "
                + "Έφη Ήρα"
        ),
        new(
            "Hebrew",
            "windows-1255",
            "שם,טלפון,סכום",
            "כהן לוי מזרחי פרץ ביטון דהן אברהם פרידמן מלכה אזולאי כץ יוסף דוד עמר אוחיון חדד גבאי שרה רחל משה יעקב יצחק "
                + "מרים נועה תמר איתי עומר אורי יהונתן טליה הדס צבי קרן סימון זאב ברוך"
        ),
        new(
            "Arabic",
            "windows-1256",
            "الاسم,الهاتف,المبلغ",
            "محمد أحمد علي حسن حسين فاطمة خديجة عائشة مريم يوسف إبراهيم عبدالله عبدالرحمن خالد سعيد سلمان ناصر طارق زينب "
                + "نورة هدى ليلى سارة عمر عثمان مصطفى محمود جمال كمال رشيد ياسين بلال إدريس شيماء وفاء ضياء غادة ظافر ثريا"
        ),
        new(
            "Thai",
            "windows-874",
            "ชื่อ,โทรศัพท์,จำนวนเงิน",
            "สมชาย สมหญิง ประเสริฐ วิชัย สุดารัตน์ มาลี นภา อนุชา กิตติศักดิ์ ธนพล ณัฐพงษ์ พิมพ์ชนก ศิริพร วรรณา "
                + "จันทร์เพ็ญ บุญมี ทองดี แสงทอง เจริญสุข ใจดี ไพศาล รุ่งเรือง ปิยะ ชลธิชา ขวัญใจ ฐิติมา ภัทรพล อรทัย ยุพิน "
                + "หทัยรัตน์"
        ),
        new(
            "Vietnamese",
            "windows-1258",
            "Tên,Số điện thoại,Số tiền",
            "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Văn Thị Hùng Dũng Tuấn Hạnh Phương "
                + "Thảo Hương Lan Mỹ Ngọc Ánh Tuyết Quỳnh Thủy Đức Thắng Hiếu Kiên Cường Yến Trúc Vượng"
        ),
    ];

    /// <summary>One list of as many rows, each with a name or two, a number and what is said.</summary>
    public static string Of(SampleList list, int rows, Random random)
    {
        var text = new StringBuilder(list.Header).Append("\r\n");
        var names = list.Words;
        for (var row = 0; row < rows; row++)
        {
            var alone = list.Encoding is "gb18030" or "big5" or "shift_jis" or "euc-kr";
            text.Append(names[random.Next(names.Length)]);
            if (!alone)
            {
                text.Append(' ').Append(names[random.Next(names.Length)]);
            }

            text.Append(CultureInfo.InvariantCulture, $",+{random.NextInt64(100_000_000, 99_999_999_999)},{random.Next(100, 99_999)}\r\n");
        }
        return text.ToString();
    }
}
