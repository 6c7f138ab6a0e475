// JavaMail.java: JavaMail sends messages as its system properties say: the
// job's plain fields are properties job.*; texts are in files.
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import javax.mail.Address;
import javax.mail.Session;
import javax.mail.Transport;
import javax.mail.internet.InternetAddress;
import javax.mail.internet.MimeMessage;

public class JavaMail {
	static String job(String key) {
		return System.getProperty("job." + key, "");
	}

	public static void main(String[] args) throws Exception {
		String kind = job("implicit").equals("true") ? "smtps" : "smtp";
		String at = "mail." + kind + ".";
		Properties p = new Properties();
		p.put(at + "host", job("host"));
		p.put(at + "port", job("port"));
		p.put(at + "localhost", job("helo"));
		p.put(at + "ssl.trust", "*");
		p.put(at + "ssl.checkserveridentity", "false");
		p.put(at + "ssl.protocols", job("protocol"));
		p.put(at + "ssl.ciphersuites", job("suites"));
		p.put(at + "starttls.enable", "true");
		p.put(at + "starttls.required", "true");
		p.put(at + "timeout", "20000");
		boolean auth = !job("mechanism").isEmpty();
		p.put(at + "auth", String.valueOf(auth));
		p.put(at + "auth.mechanisms", job("mechanism"));
		Session session = Session.getInstance(p);
		Transport t = session.getTransport(kind);
		try {
			if (auth)
				t.connect(job("host"), job("user"), job("password"));
			else
				t.connect();
			Address[] to = InternetAddress.parse(job("to"));
			for (String file : args) {
				MimeMessage m = new MimeMessage(session,
					Files.newInputStream(Path.of(file)));
				m.setFrom(new InternetAddress(job("from")));
				t.sendMessage(m, to);
			}
		} catch (javax.mail.MessagingException e) {
			System.out.println(e.getMessage());
		} finally {
			t.close();
		}
	}
}
