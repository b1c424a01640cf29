### What is written to people by SMS and by e-mail, in Hindi (आप).
### The notes for translators are at the top of en.ftl.

# An SMS in this script has two parts of 67 characters, vowel signs counted apart.
sms = { $project }: { $code } आपका साइन-इन कोड है। { $minutes } मिनट तक मान्य। इसे किसी को न बताएँ।

mail-subject = { $project } के लिए आपका साइन-इन कोड
mail-use = { $project } में साइन इन करने के लिए यह कोड उसी पेज पर लिखें जहाँ आपने इसे माँगा था।
mail-life = यह एक ही बार काम करता है, { $minutes } मिनट तक।
mail-ignore = क्या आपने यह कोड नहीं माँगा था? तो इस मेल पर ध्यान न दें। कोड किसी को न बताएँ, उसे भी नहीं जो ख़ुद को { $project } का बताए।
