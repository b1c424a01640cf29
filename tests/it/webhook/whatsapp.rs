//! `/webhooks/whatsapp`.

use crate::on_each_database;

on_each_database! {
    fn an_unsigned_report_is_refused(house) {
        let url = format!("http://{}/webhooks/whatsapp", house.provider);
        let answer = house.http.post(url).body("{}").send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(house.webhook("{\"object\":\"x\"}").await, 200);
    }
}
