//! Misbehaviour by chance.

use crate::support::{Stage, code_message};
use serde_json::json;

#[tokio::test]
async fn one_in_so_many_is_struck_the_same_ones_each_time() {
    let stage = Stage::alone().await;
    let run = async |seed: u64| {
        let order = json!({"one_in": 4, "seed": seed, "kinds": ["error", "http_error"]});
        stage.order("/simulator/chaos", &order).await;
        let mut fates = Vec::new();
        for n in 0..40 {
            fates.push(stage.send(&code_message(&format!("+1650555{n:04}"), "482913")).await.0);
        }
        fates
    };
    let first = run(7).await;
    assert_eq!(first, run(7).await);
    assert_ne!(first, run(8).await);
    let struck = first.iter().filter(|status| **status != 200).count();
    assert!((1..30).contains(&struck), "{first:?}");
    let (_, chaos) = stage.get("/simulator/chaos").await;
    assert_eq!((&chaos["messages"], &chaos["one_in"]), (&json!(40), &json!(4)));
    stage.order("/simulator/chaos", &json!({"one_in": 0})).await;
    for n in 0..10 {
        assert_eq!(stage.send(&code_message(&format!("+1650556{n:04}"), "482913")).await.0, 200);
    }
}

#[tokio::test]
async fn an_ordered_fault_comes_before_chance_and_a_wrong_order_is_refused() {
    let stage = Stage::alone().await;
    let order = json!({"one_in": 1, "kinds": ["error"], "codes": [131_049], "channel": "whatsapp"});
    stage.order("/simulator/chaos", &order).await;
    stage.fault(&json!([{"kind": "error", "code": 131_030}])).await;
    let code = async || stage.send(&code_message("+16505551234", "482913")).await.1["error"]["code"].clone();
    assert_eq!(code().await, 131_030);
    assert_eq!(code().await, 131_049);
    assert_eq!(stage.get("/simulator/chaos").await.1["struck"], 1);
    for wrong in [json!({}), json!({"one_in": 3, "kinds": ["melt"]}), json!({"one_in": 3, "often": true})] {
        assert_eq!(stage.post("/simulator/chaos", &wrong).await.0, 400, "{wrong}");
    }
}
