### The texts of the sign-in pages, in Indonesian (Anda).
### The notes for translators are at the top of en.ftl.

## On every page

# Before the page's title when something was wrong, as heard by screen readers first.
problem = Masalah
language = Bahasa
privacy = Privasi
terms = Ketentuan
# Opens an e-mail to the project's support.
help = Bantuan
start-again = Mulai lagi
try-again = Coba lagi
# To the application one came from.
back-to = Kembali ke { $client }
# $time is a clock such as 4:31, or one of the spans below.
try-again-in = Coba lagi dalam { $time }.
# Only ever stands where $time stands, after a word such as "in".
span-seconds = { $count } detik
span-minutes = { $count } menit
span-hours = { $count } jam

## The number page

# $client is the name of the application.
phone-title = Masuk ke { $client }
phone-lead = Kami akan mengirim kode ke WhatsApp Anda. Tanpa kata sandi.
phone-label = Nomor WhatsApp Anda
phone-country = Negara
phone-hint = Nomor dengan kode negara juga bisa.
# When only one country is served.
phone-hint-only = Hanya nomor dari { $country }.
phone-submit = Kirim kode lewat WhatsApp

phone-error-missing = Masukkan nomor WhatsApp Anda.
phone-error-not-a-number = Ini bukan nomor telepon. Masukkan angkanya, diawali + jika disertai kode negara.
# $code is the country code, such as +44.
phone-error-not-valid = Nomor ini tidak berlaku di { $country } ({ $code }). Periksa angkanya, dan apakah negaranya sudah benar.
# A button: the same digits are a number of another country.
phone-elsewhere = Gunakan { $country } (+{ $code })
phone-error-too-short = Nomor ini terlalu pendek. Periksa apakah ada angka yang kurang.
phone-error-too-long = Nomor ini terlalu panjang. Periksa apakah ada angka yang berlebih, atau tulis + di depan kode negaranya.
# $code is the country code, such as +44.
phone-error-wrong-country = Nomor dari { $country } ({ $code }) tidak dapat dipakai di sini. Masukkan nomor dari salah satu negara yang tercantum.
# Two countries have one code, such as Guernsey and the United Kingdom; only $served is served.
phone-error-shared-code = Nomor ini milik { $country }, yang memakai kode { $code } bersama { $served }. Nomor dari { $country } tidak dapat dipakai di sini; masukkan nomor lain.
# Said while typing, when the country code is not one of those listed.
phone-error-elsewhere = Nomor dengan kode negara ini tidak dapat dipakai di sini.
phone-error-not-allowed-here = Nomor ini tidak dapat menerima kode di sini. Masukkan nomor ponsel lain.
phone-error-wait = Kode baru saja dikirim ke nomor ini.
phone-error-too-many-from-here = Terlalu banyak upaya masuk dari jaringan Anda.
phone-error-too-many-today = Terlalu banyak kode telah dikirim ke nomor ini.
phone-error-pool-busy = Saat ini kami tidak dapat mengirim kode.
phone-error-stopped = Kode ke nomor seperti ini dijeda, karena belakangan hampir tidak ada yang dipakai.
phone-error-blocked = Kode untuk nomor ini dinonaktifkan karena terlalu banyak percobaan yang salah. Masuk lewat perangkat yang pernah Anda pakai, coba lagi besok, atau minta bantuan.
phone-proof = Sebentar: perangkat Anda menyelesaikan hitungan singkat untuk menjauhkan robot. Setelah itu kode Anda dikirim.
phone-proof-unscripted = Saat ini langkah ini memerlukan JavaScript. Aktifkan, atau tunggu.

## The code page

code-title = Masukkan kode dari WhatsApp
code-title-sms = Masukkan kode dari SMS
code-title-email = Masukkan kode dari email
code-title-failed = Kode Anda tidak dapat dikirim
# Before the masked number.
code-number = Nomor Anda
code-change = Ubah
code-label = Kode { $count } angka
code-submit = Lanjutkan
code-tries-left = Tersisa { $count } percobaan
code-expires-in = Berlaku { $time } lagi
code-resend = Kirim kode baru
code-resend-in = Kode baru dalam { $time }
# Where no clock runs.
code-resend-after = Kode baru dapat dikirim setelah { $time }.
code-resend-no-more = Untuk saat ini tidak ada kode lagi. Coba lagi dalam { $time }.
code-look-again = Lihat apakah ada kabar baru
code-other-sms = Kirim lewat SMS
code-other-sms-in = Lewat SMS dalam { $time }
code-other-email = Kirim lewat email
code-other-email-in = Lewat email dalam { $time }
code-other-whatsapp = Kirim lewat WhatsApp
code-other-whatsapp-in = Lewat WhatsApp dalam { $time }
code-change-number = Gunakan nomor lain
# After a new code was asked for.
code-renewed = Kami sudah mengirim kode baru. Kode sebelumnya tidak berlaku lagi.

code-error-missing = Masukkan kode.
code-error-not-a-code = Kode hanya terdiri dari angka. Periksa yang Anda ketik.
code-error-wrong-length = Kode terdiri dari { $count } angka.
code-error-wrong = Kode itu salah. Tersisa { $count } percobaan.

code-ended-expired-title = Kode ini sudah kedaluwarsa
code-ended-expired = Kode hanya berlaku beberapa menit. Kirim kode baru untuk melanjutkan.
code-ended-tries-title = Terlalu banyak percobaan yang salah
code-ended-tries = Kode ini tidak berlaku lagi. Kirim kode baru untuk melanjutkan.

## The code page: where the message is

# Heard by screen readers before the three steps.
delivery-label = Posisi pesan Anda
# The three steps, under three dots in a row: one word each.
delivery-step-sent = Terkirim
delivery-step-delivered = Sampai
delivery-step-read = Dibaca
delivery-sending = Mengirim kode Anda…
delivery-accepted = Kode Anda sudah di WhatsApp dan sedang diteruskan ke ponsel Anda.
delivery-sent = Kode Anda sedang dalam perjalanan.
delivery-delivered = Sudah sampai di ponsel Anda. Buka WhatsApp untuk melihatnya.
delivery-read = Anda sudah membukanya. Masukkan kode di bawah.
delivery-unknown = WhatsApp belum mengonfirmasi pesan Anda. Pesan masih mungkin sampai.
delivery-expired = Pesan tidak sampai ke ponsel Anda tepat waktu. Kirim kode baru.
# While our own server cannot be reached.
delivery-lost = Koneksi terputus. Mencoba lagi…
delivery-failed-not-reachable = Nomor ini tampaknya tidak terdaftar di WhatsApp. Periksa lagi, atau gunakan nomor lain.
delivery-failed-held-back = WhatsApp tidak menyampaikan pesan ini. Coba lagi nanti, atau gunakan nomor lain.
delivery-failed-too-fast = Nomor ini menerima terlalu banyak pesan dalam waktu singkat. Tunggu sebentar, lalu kirim kode baru.
delivery-failed-sender-unavailable = Saat ini kami tidak dapat mengirim pesan WhatsApp. Kesalahan ada pada kami, bukan pada nomor Anda. Coba lagi nanti.
delivery-failed-try-later = WhatsApp sedang sibuk. Kirim kode baru sebentar lagi.
delivery-failed-rejected = WhatsApp tidak menerima pesan kami. Kesalahan ada pada kami, bukan pada nomor Anda. Coba lagi nanti.
delivery-failed-blocked = WhatsApp tidak mengizinkan kami menulis ke nomor ini. Jika Anda memblokir kami, buka blokirnya di WhatsApp, atau gunakan nomor lain.
delivery-failed-identity-changed = Akun WhatsApp untuk nomor ini baru saja berganti. Demi melindungi Anda, kode tidak dikirim. Gunakan nomor lain atau minta bantuan.
delivery-failed-not-reachable-sms = Nomor ini tampaknya tidak ada di WhatsApp. Kirim kode lewat SMS?
delivery-failed-not-reachable-email = Nomor ini tampaknya tidak ada di WhatsApp. Kirim kode lewat email?
delivery-failed-sms = WhatsApp tidak mengantarkan kode Anda. Kirim lewat SMS?
delivery-failed-email = WhatsApp tidak mengantarkan kode Anda. Kirim lewat email?
delivery-sms-accepted = SMS Anda sedang dikirim.
delivery-sms-instead = WhatsApp tidak mengantarkan kode Anda, jadi kami mengirimnya lewat SMS.
delivery-sms-delivered = Sudah ada di ponsel Anda. Lihat pesan teks Anda.
delivery-sms-unknown = SMS Anda belum dikonfirmasi. Mungkin masih akan sampai.
delivery-sms-failed-not-reachable = Nomor ini tidak dapat menerima SMS. Periksa, atau gunakan nomor lain.
delivery-sms-failed = SMS Anda tidak dapat dikirim. Coba lagi nanti, atau gunakan nomor lain.
delivery-email-accepted = Kami mengirimnya ke email Anda. Lihat juga folder spam.
delivery-email-instead = Kode Anda tidak sampai, jadi kami mengirimnya ke email Anda.
delivery-email-unknown = Email Anda belum dikonfirmasi. Mungkin masih akan sampai.
delivery-email-failed = Email Anda tidak dapat dikirim. Coba lagi nanti.

## The code page: "It did not arrive"

code-help = Kode tidak sampai
code-help-chats = Buka WhatsApp di ponsel Anda dan lihat semua chat, termasuk yang dibisukan dan diarsipkan.
code-help-linked = Kode hanya tampil di ponsel Anda, tidak di WhatsApp Web atau perangkat tertaut lainnya.
code-help-number = Periksa nomornya: { $number }.
code-help-resend = Masih belum ada? Kirim kode baru. Kode yang lama tidak berlaku lagi.

## When a sign-in has ended

ended-expired-title = Proses masuk ini terlalu lama
ended-expired = Demi keamanan Anda, prosesnya diakhiri. Mulai lagi; hanya perlu semenit.
ended-too-many-tries-title = Terlalu banyak kode yang salah
ended-too-many-tries = Demi keamanan Anda, proses masuk ini diakhiri. Mulai lagi dengan kode baru.
ended-undeliverable-title = Kode Anda tidak dapat disampaikan
ended-undeliverable = WhatsApp tidak menyampaikan pesan ke nomor ini. Mulai lagi dengan nomor lain.
ended-blocked-title = Kode dinonaktifkan
ended-blocked = Terlalu banyak kode yang salah untuk nomor ini. Masuk lewat perangkat yang pernah Anda pakai, coba lagi besok, atau minta bantuan.
ended-disowned-title = Proses masuk ini dihentikan dari ponsel
ended-disowned = Pemilik nomor ini memberi tahu kami bahwa ia tidak meminta kode. Jika itu Anda, mulai lagi dan jangan ketuk tombol itu.
ended-unconfirmed-title = Gunakan kode dari WhatsApp
ended-unconfirmed = Kode ini juga dikirim lewat SMS atau email, padahal hanya WhatsApp yang dapat memastikan nomor ini masih milik Anda. Mulai lagi dan gunakan kode di WhatsApp. Jika tidak berhasil, minta bantuan.
ended-already-used-title = Proses masuk ini sudah selesai
ended-already-used = Tidak dapat dipakai dua kali.
# When only the application can start again.
ended-go-back = Kembali ke aplikasi dan mulai lagi.

## The answer on its way back to the app

form-post-title = Kembali ke { $client }
form-post-lead = Sebentar. Jika tidak terjadi apa-apa, gunakan tombol ini.
form-post-submit = Lanjutkan

## Signing out

sign-out-title = Keluar dari { $client }?
sign-out-lead = Anda akan memerlukan kode baru untuk masuk lagi.
sign-out-submit = Keluar
sign-out-cancel = Tetap masuk
signed-out-title = Anda sudah keluar dari { $client }
signed-out-lead = Anda dapat menutup halaman ini.
signed-out-again = Masuk lagi

## When something went wrong

error-unknown-pool-title = Tidak ada halaman masuk di sini
error-unknown-pool = Periksa alamatnya, atau kembali ke aplikasi dan mulai lagi.
error-request-title = Aplikasi ini tidak dapat memproses masuk Anda
error-unknown-client = Aplikasi ini tidak dikenal di sini. Beri tahu pengelolanya.
error-redirect-uri = Aplikasi meminta agar Anda diarahkan ke alamat yang tidak didaftarkannya. Beri tahu pengelolanya.
error-invalid-request = Permintaan dari aplikasi mengandung kesalahan. Beri tahu pengelolanya.
error-stale-form-title = Halaman ini sudah tidak berlaku
error-stale-form = Halaman dibuka terlalu lama atau di browser lain, atau cookie dimatikan. Kembali ke aplikasi dan mulai lagi.
error-not-found-title = Halaman tidak ditemukan
error-not-found = Periksa alamatnya, atau kembali ke aplikasi dan mulai lagi.
error-form-title = Tidak berhasil
error-form = Alamat ini tidak menerima yang dikirim browser Anda. Kembali dan coba lagi.
error-too-large = Browser Anda mengirim lebih banyak dari yang diterima halaman ini. Kembali dan coba lagi.
error-too-many-requests-title = Terlalu banyak permintaan
error-too-many-requests = Tunggu semenit, lalu coba lagi.
error-unavailable-title = Sedang tidak tersedia
error-unavailable = Untuk saat ini Anda belum bisa masuk. Coba lagi dalam semenit.
error-internal-title = Terjadi kesalahan
error-internal = Kesalahan ada pada kami. Coba lagi; jika terulang, minta bantuan.
# Before a sentence in English that is meant for programmers.
error-technical = Untuk pengembang aplikasi
# Before an identifier to quote when asking for help.
error-reference = Referensi

## The address of the installation itself

landing-title = Ini adalah layanan masuk
landing-lead = Aplikasi mengarahkan penggunanya ke sini untuk masuk dengan WhatsApp. Jika Anda sedang masuk, kembali ke aplikasi dan mulai lagi.
landing-docs = Baca dokumentasi
