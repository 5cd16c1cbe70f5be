//! The sample registry as a client meets it.

use super::*;

struct Client {
    server: Server,
    http: reqwest::Client,
}

impl Client {
    async fn start() -> Self {
        let server = Server::start().await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { server, http }
    }

    async fn get(&self, path: &str, parameters: &[(&str, &str)]) -> (u16, String, String) {
        let url = format!("{}{path}", self.server.base_url());
        let response = self.http.get(url).query(parameters).send().await.unwrap();
        let status = response.status().as_u16();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        (status, kind, response.text().await.unwrap())
    }

    async fn search(&self, parameters: &[(&str, &str)]) -> Value {
        let (status, kind, text) = self.get("/studies", parameters).await;
        assert_eq!((status, kind.as_str()), (200, "application/json"), "{text}");
        serde_json::from_str(&text).unwrap()
    }
}

fn ids(answer: &Value) -> Vec<&str> {
    let studies = answer["studies"].as_array().unwrap().iter();
    studies
        .map(|study| {
            study["protocolSection"]["identificationModule"]["nctId"]
                .as_str()
                .unwrap()
        })
        .collect()
}

#[tokio::test]
async fn the_version_is_told() {
    let (status, _, text) = Client::start().await.get("/version", &[]).await;
    assert_eq!(status, 200);
    assert_eq!(text, r#"{"apiVersion":"2.0.5","dataTimestamp":"2026-11-20T09:00:05"}"#);
}

#[tokio::test]
async fn a_search_brings_the_fields_asked_for_of_the_studies_that_match() {
    let answer = Client::start()
        .await
        .search(&[
            (
                "query.term",
                "AREA[EligibilityCriteria]EXPANSION[None]\"EGFR p.Leu858Arg\"",
            ),
            (
                "filter.overallStatus",
                "RECRUITING,NOT_YET_RECRUITING|ENROLLING_BY_INVITATION",
            ),
            ("fields", "NCTId,OverallStatus,LocationCity"),
            ("sort", "@relevance"),
            ("pageSize", "1000"),
            ("countTotal", "true"),
        ])
        .await;
    assert_eq!(answer["totalCount"], 1);
    let study = &answer["studies"][0]["protocolSection"];
    assert_eq!(
        *study,
        json!({
            "identificationModule": {"nctId": "NCT99000002"},
            "statusModule": {"overallStatus": "RECRUITING"},
            "contactsLocationsModule": {"locations": [{"city": "Seoul"}, {"city": "Busan"}, {"city": "Goyang-si"}]}
        })
    );
    assert_eq!(answer.get("nextPageToken"), None);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition_to_the_empty_one() {
    let client = Client::start().await;
    let all = client
        .search(&[("pageSize", "2000"), ("sort", "@relevance"), ("fields", "NCTId")])
        .await;
    let all = ids(&all);

    let mut seen = Vec::new();
    let mut token = None::<String>;
    loop {
        let mut parameters = vec![("fields", "NCTId"), ("sort", "@relevance"), ("pageSize", "1")];
        parameters.extend(token.as_deref().map(|token| ("pageToken", token)));
        let page = client.search(&parameters).await;
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        match page["nextPageToken"].as_str() {
            Some(next) => token = Some(next.to_owned()),
            None => break assert_eq!(ids(&page), <[&str; 0]>::default()),
        }
    }
    assert_eq!(seen, all);
    assert_eq!(ids(&client.search(&[]).await).len(), 10);
    assert_eq!(ids(&client.search(&[("pageSize", "0")]).await).len(), 10);
}

#[tokio::test]
async fn hits_in_titles_come_first_and_dates_can_be_sorted_by() {
    let client = Client::start().await;
    let answer = client
        .search(&[("query.term", "neladkalib OR osimertinib"), ("sort", "@relevance")])
        .await;
    assert!(ids(&answer)[..3].contains(&"NCT99000015"), "{:?}", ids(&answer));

    let date = |study: &Value| study["protocolSection"]["statusModule"]["startDateStruct"]["date"].to_string();
    let answer = client
        .search(&[("sort", "StartDate:asc"), ("fields", "StartDate"), ("pageSize", "99")])
        .await;
    assert!(
        answer["studies"]
            .as_array()
            .unwrap()
            .is_sorted_by_key(|study| date(study).replace("null", ""))
    );
}

#[tokio::test]
async fn what_is_not_understood_is_refused_in_plain_text() {
    let client = Client::start().await;
    for (parameter, value, told) in [
        ("foo", "1", "`foo` is unknown parameter"),
        ("filter.geo", "distance(1,2,3km)", "`filter.geo` is unknown parameter"),
        (
            "query.term",
            "\"open",
            "Error parsing query in Other terms: missing closing quote",
        ),
        (
            "filter.advanced",
            "AREA[X]y",
            "Error parsing query in advanced filter: Unknown area name: 'X'",
        ),
        ("sort", "BriefTitle", "Unsupported sort field type: text"),
        ("fields", "Colour", "Unknown field name in `fields` parameter: 'Colour'"),
        ("pageSize", "many", "Invalid value in `pageSize` parameter: 'many'"),
        (
            "filter.overallStatus",
            "OPEN",
            "Invalid value in `filter.overallStatus` parameter: 'OPEN'",
        ),
    ] {
        let (status, kind, text) = client.get("/studies", &[(parameter, value)]).await;
        assert_eq!(
            (status, kind.as_str(), text.as_str()),
            (400, "text/plain; charset=utf-8", told)
        );
    }
}

#[tokio::test]
async fn one_record_is_found_by_its_number_and_a_missing_one_is_said() {
    let client = Client::start().await;
    let (status, _, text) = client
        .get("/studies/NCT99000001", &[("fields", "NCTId,HasResults")])
        .await;
    assert_eq!(status, 200);
    let nct_id = json!({"identificationModule": {"nctId": "NCT99000001"}});
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        json!({"protocolSection": nct_id, "hasResults": false})
    );

    let (status, _, text) = client.get("/studies/NCT99999999", &[]).await;
    assert_eq!((status, text.as_str()), (404, "NCT number NCT99999999 not found"));
}

#[tokio::test]
async fn a_dropped_server_takes_no_more_connections() {
    let client = Client::start().await;
    let url = format!("{}/version", client.server.base_url());
    client.http.get(&url).send().await.unwrap();
    drop(client.server);
    tokio::task::yield_now().await;
    assert!(client.http.get(&url).send().await.is_err());
}
